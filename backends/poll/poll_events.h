#ifndef BACKENDS_POLL_POLL_EVENTS_H_
#define BACKENDS_POLL_POLL_EVENTS_H_

#include <poll.h>

#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"

namespace event_selector {
namespace poll {

// POLLRDHUP tells that the peer will send no more: Linux 2.6.17, FreeBSD 13,
// and others after them. 0 where there is none.
#if defined(POLLRDHUP)
inline constexpr short kPollReadClosed = POLLRDHUP;
#else
inline constexpr short kPollReadClosed = 0;
#endif

// POSIX has POLLHUP and POLLOUT exclude each other. Linux reports both of a
// socket that is gone, since a write to it does not block.
#if defined(__linux__)
inline constexpr bool kHangupHidesWritable = false;
#else
inline constexpr bool kHangupHidesWritable = true;
#endif

// What poll(2) can report on this system.
inline constexpr Interest kPollInterests =
    Interest::kReadable | Interest::kWritable | Interest::kPriority |
    (kPollReadClosed != 0 ? Interest::kReadClosed : Interest::kNone);

// The modes of a poll(2) that is asked anew each time. (An edge would have to
// be told from two looks at a level, which miss what happens in between.)
inline constexpr Mode kPollModes = Mode::kOneshot;

// The `events` of a `struct pollfd`.
constexpr short ToPollEvents(Interest interest) {
  int events = 0;
  if (interest.contains(Interest::kReadable)) events |= POLLIN;
  if (interest.contains(Interest::kWritable)) events |= POLLOUT;
  if (interest.contains(Interest::kPriority)) events |= POLLPRI;
  if (interest.contains(Interest::kReadClosed)) events |= kPollReadClosed;
  return static_cast<short>(events);
}

// What `revents`, which poll(2) reports for `ToPollEvents(interest)`, tells the
// caller. POLLNVAL tells nothing.
template <bool kHidesWritable = kHangupHidesWritable>
constexpr Readiness ToReadiness(short revents, Interest interest) {
  Readiness readiness;
  if ((revents & POLLIN) != 0) readiness |= Readiness::kReadable;
  if ((revents & POLLOUT) != 0) readiness |= Readiness::kWritable;
  if ((revents & POLLPRI) != 0) readiness |= Readiness::kPriority;
  if ((revents & kPollReadClosed) != 0) readiness |= Readiness::kReadClosed;
  if ((revents & POLLHUP) != 0) readiness |= Readiness::kHangup;
  if ((revents & POLLERR) != 0) readiness |= Readiness::kError;
  // P3: who waits for a connection waits for kWritable.
  if (kHidesWritable && interest.contains(Interest::kWritable) &&
      (revents & (POLLHUP | POLLERR)) != 0) {
    readiness |= Readiness::kWritable;
  }
  return readiness;
}

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_POLL_EVENTS_H_
