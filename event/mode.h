#ifndef EVENT_MODE_H_
#define EVENT_MODE_H_

#include <string>

#include "event/internal/flag_set.h"

namespace event_selector {

// How a registration is reported: a set, put together with `|`. What a backend
// supports stands in `Capabilities::modes`.
//
// A value type, with the members that `Interest` has. The bits are those of
// Linux's epoll (see `epoll_ctl(2)`), on every system.
class Mode : public internal::FlagSet<Mode> {
 public:
  // The empty set: reported by every `Wait` while the condition holds. The
  // forgiving one: work left undone is reported again.
  static const Mode kLevel;
  // Reported once after `Add` or `Modify` if the condition holds then, and
  // again after each later change to ready. Fewer events, but the caller must
  // read (write, accept) until the call would block, or data is left unseen.
  // Extra events may come, none is lost.
  static const Mode kEdge;
  // Reported at most once; then silent, hang-up and error included, until
  // `Modify` arms the registration again. The handle stays registered
  // meanwhile. With several threads in `Wait`, this gives a handle to exactly
  // one of them at a time.
  static const Mode kOneshot;
  // For a handle that several selectors watch, such as one listening socket
  // for many threads: a change wakes at least one of them and not all. Only for
  // `Add`, only with kReadable and kWritable interest, and not with kOneshot;
  // the registration can be removed but not modified. Anything else is
  // `kInvalidArgument`. Linux 4.5 and newer: EPOLLEXCLUSIVE in `epoll_ctl(2)`.
  static const Mode kExclusive;
  // The system is not suspended between the event and the next `Wait`. Needs a
  // privilege (on Linux CAP_BLOCK_SUSPEND); without it, the system ignores the
  // wish and no error is returned. EPOLLWAKEUP in `epoll_ctl(2)`.
  static const Mode kKeepAwake;

  // The empty set, kLevel. (Not `= default`, which makes this an aggregate in
  // C++17.)
  constexpr Mode() {}

  // "edge|oneshot"; "level" for the empty set.
  std::string ToString() const;
};

inline constexpr Mode Mode::kLevel = Mode::FromBits(0);
inline constexpr Mode Mode::kEdge = Mode::FromBits(1u << 31);
inline constexpr Mode Mode::kOneshot = Mode::FromBits(1u << 30);
inline constexpr Mode Mode::kKeepAwake = Mode::FromBits(1u << 29);
inline constexpr Mode Mode::kExclusive = Mode::FromBits(1u << 28);

}  // namespace event_selector

#endif  // EVENT_MODE_H_
