#ifndef EVENT_INTERNAL_CLOCK_NANOSECONDS_H_
#define EVENT_INTERNAL_CLOCK_NANOSECONDS_H_

#include <chrono>
#include <cstdint>

#include "absl/time/time.h"

namespace event_selector {
namespace internal {

// Times since the epoch of some clock, for `TimerQueue`. What lies beyond the
// ends of 64 bits (292 years) becomes the end. absl::Duration knows quarters of
// a nanosecond: deadlines are rounded up and readings of a clock are rounded
// down, so that nothing is due too early.
inline std::chrono::nanoseconds ClockDeadline(absl::Duration since_epoch) {
  return std::chrono::nanoseconds(
      absl::ToInt64Nanoseconds(absl::Ceil(since_epoch, absl::Nanoseconds(1))));
}
inline std::chrono::nanoseconds ClockReading(absl::Duration since_epoch) {
  return std::chrono::nanoseconds(
      absl::ToInt64Nanoseconds(absl::Floor(since_epoch, absl::Nanoseconds(1))));
}

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_CLOCK_NANOSECONDS_H_
