#ifndef BACKENDS_WAIT_TIMEOUT_H_
#define BACKENDS_WAIT_TIMEOUT_H_

#include <cstdint>

#include "absl/time/time.h"

namespace event_selector {
namespace backends {

// How much of the timeout of one `Selector::Wait` is left: what a backend hands
// to its system call, and again when that call has to be repeated (a signal).
// Reads the clock, a monotonic one, only for a timeout that is finite and above
// zero. Not thread-safe: it lives on the stack of the call.
class WaitTimeout {
 public:
  static constexpr std::int64_t kForever = -1;

  explicit WaitTimeout(absl::Duration timeout) {
    if (timeout <= absl::ZeroDuration()) {
      remaining_ns_ = 0;
    } else if (timeout == absl::InfiniteDuration()) {
      remaining_ns_ = kForever;
    } else {
      Start(timeout);
    }
  }

  // Nanoseconds left as of the last `Refresh`, rounded up: 0 for none, kForever
  // for no limit.
  std::int64_t remaining_ns() const { return remaining_ns_; }

  // Whether the time is limited and not used up as of the last `Refresh`.
  bool is_running() const { return remaining_ns_ > 0; }

  // Takes the time that has passed off what is left.
  void Refresh() {
    if (is_running()) ReadClock();
  }

 private:
  void Start(absl::Duration timeout);
  void ReadClock();

  std::int64_t remaining_ns_;
  std::int64_t deadline_ns_ = 0;  // Of the monotonic clock; only if running.
};

}  // namespace backends
}  // namespace event_selector

#endif  // BACKENDS_WAIT_TIMEOUT_H_
