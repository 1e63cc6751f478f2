#ifndef TESTS_FUZZ_PLAY_BYTES_H_
#define TESTS_FUZZ_PLAY_BYTES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace event_selector {
namespace testing {

// Plays the script that `bytes` stands for (`ScriptFromBytes`) on each backend,
// side by side with the model of the contract. Where there is a difference,
// returns what it is, with a short script that shows it.
std::optional<std::string> PlayBytes(absl::string_view bytes);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_FUZZ_PLAY_BYTES_H_
