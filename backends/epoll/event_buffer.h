#ifndef BACKENDS_EPOLL_EVENT_BUFFER_H_
#define BACKENDS_EPOLL_EVENT_BUFFER_H_

#include <sys/epoll.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/token.h"

namespace event_selector {
namespace epoll {

inline Event ToEvent(const epoll_event& event) {
  return Event{Token(event.data.u64), Readiness::FromBits(event.events)};
}

// Puts `event` behind the `filled` events at the front of `events`, which has
// room for it, or into the one among them that has its token. Returns how many
// events there are then.
//
// For an event that was fetched after the others and may be one of them, which
// the token is all that tells: it is merged rather than dropped, since an edge
// may have come in between.
inline std::size_t AddOrMerge(absl::Span<Event> events, std::size_t filled,
                              const Event& event) {
  for (Event& earlier : events.first(filled)) {
    if (earlier.token == event.token) {
      earlier.readiness |= event.readiness;
      return filled;
    }
  }
  events[filled] = event;
  return filled + 1;
}

// Lets the kernel write its events into the memory of the caller's span, and
// widens them there: no second buffer and no allocation.
//
// A `struct epoll_event` is 12 bytes on x86-64 and 16 on most others. The
// kernel gets the end of the span's memory, so that event i, widened to 16
// bytes at the front, never reaches the kernel's event i+1:
//
//   the span:     [ 0        ][ 1        ][ 2        ][ 3        ]
//   the kernel's:             [ 0     ][ 1     ][ 2     ][ 3     ]
class EventBuffer {
 public:
  // `events` must not be empty. What is more than the kernel takes is left out.
  explicit EventBuffer(absl::Span<Event> events)
      : EventBuffer(Unchecked(),
                    events.first(std::min(events.size(), kMaxRoom))) {}

  // The same without a look at the size, for which the kernel may refuse it
  // (EINVAL).
  static EventBuffer OfAnySize(absl::Span<Event> events) {
    return EventBuffer(Unchecked(), events);
  }

  // Where the kernel may write `room()` events. Not for reading.
  epoll_event* kernel_events() const {
    return reinterpret_cast<epoll_event*>(bytes_);
  }
  int room() const { return static_cast<int>(events_.size()); }

  // Widens the `count` events that the kernel has written, to the front of the
  // span. Returns whether one of them carries `marked` as its data.
  bool Widen(int count, std::uint64_t marked) const {
    const unsigned char* source = bytes_;
    Event* target = events_.data();
    bool is_marked = false;
    for (int i = 0; i < count; ++i) {
      epoll_event event;
      std::memcpy(&event, source, sizeof(event));
      source += sizeof(event);
      is_marked |= event.data.u64 == marked;
      *target++ = ToEvent(event);
    }
    return is_marked;
  }

  // The same, but `keep(epoll_event&)` may change each event before, and says
  // whether it stays. Returns how many do.
  template <typename Keep>
  std::size_t WidenIf(int count, const Keep& keep) const {
    const unsigned char* source = bytes_;
    Event* target = events_.data();
    for (int i = 0; i < count; ++i) {
      epoll_event event;
      std::memcpy(&event, source, sizeof(event));
      source += sizeof(event);
      if (keep(event)) *target++ = ToEvent(event);
    }
    return static_cast<std::size_t>(target - events_.data());
  }

 private:
  struct Unchecked {};

  EventBuffer(Unchecked, absl::Span<Event> events)
      : events_(events),
        bytes_(reinterpret_cast<unsigned char*>(events_.data()) +
               events_.size() * (sizeof(Event) - sizeof(epoll_event))) {}

  static_assert(sizeof(epoll_event) <= sizeof(Event), "no room to widen into");
  static_assert(alignof(epoll_event) <= alignof(Event), "misaligned");

  // EP_MAX_EVENTS of fs/eventpoll.c: epoll_wait refuses more with EINVAL.
  static constexpr std::size_t kMaxRoom = INT_MAX / sizeof(epoll_event);

  absl::Span<Event> events_;
  unsigned char* bytes_;
};

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EVENT_BUFFER_H_
