#ifndef TESTS_MODEL_GENERATOR_H_
#define TESTS_MODEL_GENERATOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "event/capabilities.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {

// Scripts from a seed, and scripts from bytes: the same choices in the same
// order, made by a generator of random numbers or by a fuzzer. Neither asks for
// an interest or a mode that `capabilities` does not list.

// A script of `length` operations, the same on every system for the same
// arguments. It begins by opening its handles: 80 of them in most scripts, a
// few in the others, so that more happens to each.
Script RandomScript(std::uint64_t seed, std::size_t length,
                    const Capabilities& capabilities);

// As many operations as `bytes` describes, at most a few hundred; every string
// describes some script. The slots are few, and empty at first.
Script ScriptFromBytes(absl::string_view bytes,
                       const Capabilities& capabilities);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_GENERATOR_H_
