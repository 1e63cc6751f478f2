#ifndef EVENT_INTERNAL_WAIT_TIMEOUT_H_
#define EVENT_INTERNAL_WAIT_TIMEOUT_H_

#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace event_selector {
namespace internal {

// How much of the timeout of one `Selector::Wait` is left, and what of it a
// backend hands to its system call: the one place where times are converted.
// All conversions round up, so that no wait ends early.
//
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

  // Does not block.
  static WaitTimeout Zero() { return WaitTimeout(absl::ZeroDuration()); }

  // Nanoseconds left as of the last `Refresh`: 0 for none, kForever for no
  // limit.
  std::int64_t remaining_ns() const { return remaining_ns_; }

  // Whether the time is limited and not used up as of the last `Refresh`.
  bool is_running() const { return remaining_ns_ > 0; }

  // Whether there is no limit.
  bool is_forever() const { return remaining_ns_ == kForever; }

  // Takes the time that has passed off what is left.
  void Refresh() {
    if (is_running()) ReadClock();
  }

  // ---- For calls that take an `int` of milliseconds (poll(2), epoll_wait(2),
  // GetQueuedCompletionStatusEx), and their finer variants.

  // What is left, at most 24 days: longer waits take several calls. -1 for no
  // limit.
  int milliseconds() const {
    if (remaining_ns_ <= 0) return static_cast<int>(remaining_ns_);
    if (remaining_ns_ >= kMostMilliseconds) return kMostInt;
    return static_cast<int>((remaining_ns_ + kNanosecondsPerMillisecond - 1) /
                            kNanosecondsPerMillisecond);
  }

  // Whether one call lasts as long.
  bool fits_milliseconds() const {
    return !is_forever() && remaining_ns_ <= kMostMilliseconds;
  }

  // Whether whole milliseconds would be too coarse, and a finer call can take
  // it.
  bool is_fine() const {
    return is_running() && remaining_ns_ % kNanosecondsPerMillisecond != 0 &&
           remaining_ns_ < kMostMilliseconds;
  }

  // ---- For calls that take a `timespec`: kevent(2), ppoll(2),
  // epoll_pwait2(2).

  // What is left, at most three years; not for a timeout without limit. Some
  // versions of macOS refuse a tv_sec above itimerfix's limit of 100,000,000
  // (EINVAL), and 32-bit systems may have a short time_t.
  template <typename Timespec>
  Timespec ToTimespec() const {
    Timespec time = {};
    const bool is_cut = remaining_ns_ >= kMostTimespec;
    time.tv_sec = static_cast<decltype(time.tv_sec)>(
        is_cut ? kMostSeconds : remaining_ns_ / kNanosecondsPerSecond);
    time.tv_nsec = static_cast<decltype(time.tv_nsec)>(
        is_cut ? 0 : remaining_ns_ % kNanosecondsPerSecond);
    return time;
  }

  // Whether one call lasts as long.
  bool fits_timespec() const {
    return !is_forever() && remaining_ns_ <= kMostTimespec;
  }

 private:
  static constexpr std::int64_t kNanosecondsPerMillisecond = 1000 * 1000;
  static constexpr std::int64_t kNanosecondsPerSecond = 1000 * 1000 * 1000;
  // Of 32 bits, also where an int has more.
  static constexpr std::int32_t kMostInt =
      std::numeric_limits<std::int32_t>::max();
  static constexpr std::int64_t kMostMilliseconds =
      kMostInt * kNanosecondsPerMillisecond;
  static constexpr std::int64_t kMostSeconds = 100 * 1000 * 1000;
  static constexpr std::int64_t kMostTimespec =
      kMostSeconds * kNanosecondsPerSecond;

  void Start(absl::Duration timeout);
  void ReadClock();

  std::int64_t remaining_ns_;
  std::int64_t deadline_ns_ = 0;  // Of the monotonic clock; only if running.
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_WAIT_TIMEOUT_H_
