#ifndef EVENT_READINESS_H_
#define EVENT_READINESS_H_

#include <string>

#include "event/internal/flag_set.h"

namespace event_selector {

// What a handle is ready for, as an event reports it: a set of flags. Only
// kHangup and kError are reported without being asked for.
//
// A value type with the same members as `Interest`. The bits are those of
// Linux's epoll (see `epoll_ctl(2)`) on every system.
class Readiness : public internal::FlagSet<Readiness> {
 public:
  // A read or an accept would not block. At the end of a stream, the read
  // returns 0. (Not everywhere: on Linux an unconnected UDP socket and an
  // AF_UNIX listener are readable for ever after `shutdown`, and the call says
  // EAGAIN. They report kHangup, too: close them.)
  static const Readiness kReadable;
  // A write would not block, or a connection attempt has ended. (With TCP Fast
  // Open, it has not begun: what the first write returns is the outcome.)
  static const Readiness kWritable;
  // Out-of-band data, or another exceptional condition: a change of a file of
  // /proc, sysfs or a control group that can be watched (Linux).
  static const Readiness kPriority;
  // The peer will send no more data. Data sent before may still be unread.
  static const Readiness kReadClosed;
  // Both directions are closed, or the peer is gone: the connection was reset,
  // or the last writer of a pipe closed it. Data sent before may still be
  // unread. A few handles come back from it, such as a FIFO that another
  // writer opens. Linux also reports it for a socket that was never connected.
  static const Readiness kHangup;
  // The handle has an error. For a socket, SO_ERROR tells which. Also reported
  // for the write end of a pipe whose last reader closed it, where some systems
  // report kHangup instead.
  //
  // It need not be the end. On Linux, if SO_ERROR is 0, the report is about the
  // socket's error queue (zero-copy sends, times of sending, IP_RECVERR): the
  // connection is healthy, and kError stays until the queue is read with
  // recvmsg(2) and MSG_ERRQUEUE. A level-triggered loop that does neither this
  // nor close spins. docs/guide.md ("The error queue") has the code. Files of
  // sysfs and control groups report kError with each change, and some handles
  // report it always: docs/handles.md.
  static const Readiness kError;

  // The empty set. (Not `= default`, which would make this an aggregate in
  // C++17.)
  constexpr Readiness() {}

  constexpr bool readable() const;
  constexpr bool writable() const;
  constexpr bool priority() const;
  constexpr bool read_closed() const;
  constexpr bool hangup() const;
  constexpr bool error() const;

  // Returns "readable|hangup", or "none" for the empty set.
  std::string ToString() const;
};

inline constexpr Readiness Readiness::kReadable = Readiness::FromBits(0x1);
inline constexpr Readiness Readiness::kPriority = Readiness::FromBits(0x2);
inline constexpr Readiness Readiness::kWritable = Readiness::FromBits(0x4);
inline constexpr Readiness Readiness::kError = Readiness::FromBits(0x8);
inline constexpr Readiness Readiness::kHangup = Readiness::FromBits(0x10);
inline constexpr Readiness Readiness::kReadClosed = Readiness::FromBits(0x2000);

constexpr bool Readiness::readable() const { return contains(kReadable); }
constexpr bool Readiness::writable() const { return contains(kWritable); }
constexpr bool Readiness::priority() const { return contains(kPriority); }
constexpr bool Readiness::read_closed() const { return contains(kReadClosed); }
constexpr bool Readiness::hangup() const { return contains(kHangup); }
constexpr bool Readiness::error() const { return contains(kError); }

}  // namespace event_selector

#endif  // EVENT_READINESS_H_
