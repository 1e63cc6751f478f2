#ifndef EVENT_INTEREST_H_
#define EVENT_INTEREST_H_

#include <string>

#include "event/internal/flag_set.h"

namespace event_selector {

// What the caller wants to be told about a handle: a set of flags, combined
// with `|`. Hang-up and error need no interest. They are always reported.
// `Readiness` says more about each, and docs/handles.md what each kind of
// handle reports.
//
// A value type: `constexpr`, hashable, comparable, printable, and cheap to
// copy. Its members are `|`, `&`, `-` (what is in the left set and not in the
// right one), `|=`, `&=`, `-=`, `==`, `contains()`, `empty()`, `bits()` and
// `FromBits()`. The bits are those of Linux's epoll (see `epoll_ctl(2)`) on
// every system.
class Interest : public internal::FlagSet<Interest> {
 public:
  // No interest: the handle is parked. It stays registered. Only hang-up and
  // error are reported, once for each change.
  static const Interest kNone;
  // A read would not block: there is data, a connection to accept, or the end
  // of the stream.
  static const Interest kReadable;
  // A write would not block, or a connection attempt has ended.
  static const Interest kWritable;
  // Out-of-band data (TCP urgent data) or another exceptional condition.
  static const Interest kPriority;
  // The peer will send no more data: it closed or shut down its sending side.
  static const Interest kReadClosed;

  // The empty set, kNone. (Not `= default`, which would make this an aggregate
  // in C++17.)
  constexpr Interest() {}

  // Returns "readable|writable", or "none" for the empty set.
  std::string ToString() const;
};

inline constexpr Interest Interest::kNone = Interest::FromBits(0);
inline constexpr Interest Interest::kReadable = Interest::FromBits(0x1);
inline constexpr Interest Interest::kPriority = Interest::FromBits(0x2);
inline constexpr Interest Interest::kWritable = Interest::FromBits(0x4);
inline constexpr Interest Interest::kReadClosed = Interest::FromBits(0x2000);

}  // namespace event_selector

#endif  // EVENT_INTEREST_H_
