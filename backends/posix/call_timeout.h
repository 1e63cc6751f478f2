#ifndef BACKENDS_POSIX_CALL_TIMEOUT_H_
#define BACKENDS_POSIX_CALL_TIMEOUT_H_

#include <cerrno>
#include <climits>
#include <cstdint>

#include "backends/wait_timeout.h"

namespace event_selector {
namespace posix {

// For system calls that wait for an `int` of milliseconds (poll(2),
// epoll_wait(2)), and their finer variants, which not every system has.

inline constexpr std::int64_t kNanosecondsPerMillisecond = 1000 * 1000;
inline constexpr std::int64_t kNanosecondsPerSecond = 1000 * 1000 * 1000;

// The longest that one such call lasts: 24 days. Longer waits take several.
inline constexpr std::int64_t kLongestCall =
    INT_MAX * kNanosecondsPerMillisecond;

// Whether one call lasts as long.
inline bool IsOneCall(const backends::WaitTimeout& timeout) {
  return timeout.remaining_ns() != backends::WaitTimeout::kForever &&
         timeout.remaining_ns() <= kLongestCall;
}

// `timeout_ns` > 0, rounded up.
inline int ToMilliseconds(std::int64_t timeout_ns) {
  if (timeout_ns >= kLongestCall) return INT_MAX;
  return static_cast<int>((timeout_ns + kNanosecondsPerMillisecond - 1) /
                          kNanosecondsPerMillisecond);
}

// Whether `timeout_ns` needs the finer variant, and it can take it.
inline bool IsFine(std::int64_t timeout_ns) {
  return timeout_ns % kNanosecondsPerMillisecond != 0 &&
         timeout_ns < kLongestCall;
}

// Whether the finer variant is what fails. ENOSYS: the kernel is too old.
// EPERM: what some seccomp filters answer for calls that they do not know
// (containers); the kernel itself never does for a wait.
inline bool IsMissingSystemCall(int error) {
  return error == ENOSYS || error == EPERM;
}

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_CALL_TIMEOUT_H_
