#include "event/internal/wait_timeout.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace event_selector {
namespace internal {
namespace {

// Not absl::Now(): that is the wall clock, which can be set back and forth.
std::int64_t MonotonicNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void WaitTimeout::Start(absl::Duration timeout) {
  // absl::Duration knows quarters of a nanosecond, and saturates here at 292
  // years.
  remaining_ns_ =
      absl::ToInt64Nanoseconds(absl::Ceil(timeout, absl::Nanoseconds(1)));
  const std::int64_t now = MonotonicNow();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  deadline_ns_ = remaining_ns_ > kMax - now ? kMax : now + remaining_ns_;
}

void WaitTimeout::ReadClock() {
  remaining_ns_ = std::max<std::int64_t>(0, deadline_ns_ - MonotonicNow());
}

}  // namespace internal
}  // namespace event_selector
