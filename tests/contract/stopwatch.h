#ifndef TESTS_CONTRACT_STOPWATCH_H_
#define TESTS_CONTRACT_STOPWATCH_H_

#include <chrono>

#include "absl/time/time.h"

namespace event_selector {
namespace testing {

// The time since its construction, by the monotonic clock, for lower bounds: an
// upper one would fail on a busy machine.
class Stopwatch {
 public:
  absl::Duration Elapsed() const {
    return absl::FromChrono(std::chrono::steady_clock::now() - start_);
  }

 private:
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_CONTRACT_STOPWATCH_H_
