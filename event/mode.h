#ifndef EVENT_MODE_H_
#define EVENT_MODE_H_

#include <string>

#include "event/internal/flag_set.h"

namespace event_selector {

// How a registration is reported: a set of flags, combined with `|`.
// `Capabilities::modes` lists the modes that a backend supports.
//
// A value type with the same members as `Interest`. The bits are those of
// Linux's epoll (see `epoll_ctl(2)`) on every system.
class Mode : public internal::FlagSet<Mode> {
 public:
  // The empty set. The registration is reported by every `Wait` while the
  // condition holds. This is the forgiving mode: work left undone is reported
  // again.
  static const Mode kLevel;
  // The registration is reported once after `Add` or `Modify` if the condition
  // holds then, and again after each later change to ready. This gives fewer
  // events, but the caller must read (write, accept) until the call would
  // block. Otherwise data is left unseen. Extra events may come, but none is
  // lost.
  static const Mode kEdge;
  // The registration is reported at most once. Then it is silent, hang-up and
  // error included, until `Modify` arms it again. The handle stays registered
  // meanwhile. With several threads in `Wait`, this gives a handle to exactly
  // one of them at a time.
  static const Mode kOneshot;
  // For a handle that several selectors watch, such as one listening socket for
  // many threads. A change wakes at least one of them, but not all. The mode is
  // allowed only in `Add`, only with kReadable and kWritable interest, and not
  // together with kOneshot. The registration can be removed but not modified.
  // Anything else returns kInvalidArgument. Takes effect on Linux 4.5 and
  // newer: see EPOLLEXCLUSIVE in `epoll_ctl(2)`.
  static const Mode kExclusive;
  // The system is not suspended between the event and the next `Wait`. This
  // needs a privilege (on Linux CAP_BLOCK_SUSPEND). Without it, the system
  // ignores the request, and no error is returned. See EPOLLWAKEUP in
  // `epoll_ctl(2)`.
  static const Mode kKeepAwake;

  // The empty set, kLevel. (Not `= default`, which would make this an aggregate
  // in C++17.)
  constexpr Mode() {}

  // Returns "edge|oneshot", or "level" for the empty set.
  std::string ToString() const;
};

inline constexpr Mode Mode::kLevel = Mode::FromBits(0);
inline constexpr Mode Mode::kEdge = Mode::FromBits(1u << 31);
inline constexpr Mode Mode::kOneshot = Mode::FromBits(1u << 30);
inline constexpr Mode Mode::kKeepAwake = Mode::FromBits(1u << 29);
inline constexpr Mode Mode::kExclusive = Mode::FromBits(1u << 28);

}  // namespace event_selector

#endif  // EVENT_MODE_H_
