// The randomised test of tests/model/, with a fuzzer in the place of chance:
//
//   bazel build --config=fuzz //tests/fuzz:selector_fuzz
//   selector_fuzz -max_len=160 found_folder tests/fuzz/corpus
//
// The corpus is the smallest set of files that reach the same code:
//
//   selector_fuzz -set_cover_merge=1 -use_counters=0 new_corpus found_folder

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/fuzz/play_bytes.h"
#include "tests/support/fatal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::optional<std::string> difference =
      event_selector::testing::PlayBytes(
          absl::string_view(reinterpret_cast<const char*>(data), size));
  if (difference.has_value()) event_selector::testing::Die(*difference);
  return 0;
}
