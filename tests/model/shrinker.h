#ifndef TESTS_MODEL_SHRINKER_H_
#define TESTS_MODEL_SHRINKER_H_

#include <cstddef>
#include <optional>

#include "absl/functional/function_ref.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {

// Plays a script, and returns the step at which it fails; nullopt where it does
// not fail.
using FindFailure =
    absl::FunctionRef<std::optional<std::size_t>(const Script&)>;

// A short script that fails too, made from `script`, which must fail: no single
// operation can be left out of it, and each is as simple as can be (a low
// token, one interest, ...). Plays at most `most_plays` scripts, and what it
// returns has failed; where that is too few, it may not be the shortest.
Script Shrink(Script script, FindFailure find_failure, int most_plays = 20000);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_SHRINKER_H_
