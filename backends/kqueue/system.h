#ifndef BACKENDS_KQUEUE_SYSTEM_H_
#define BACKENDS_KQUEUE_SYSTEM_H_

// What is different in <sys/event.h> from one system to the next, so that
// nothing else here has to know:
//
//              ident      filter    flags     fflags    data      udata counts
//   FreeBSD    uintptr_t  short     u_short   u_int     int64_t   void*     int
//   macOS      uintptr_t  int16_t   uint16_t  uint32_t  intptr_t  void*     int
//   OpenBSD    uintptr_t  short     u_short   u_int     int64_t   void*     int
//   DragonFly  uintptr_t  short     u_short   u_int     intptr_t  void*     int
//   NetBSD     uintptr_t  uint32_t  uint32_t  uint32_t  int64_t   void* size_t
//
// (FreeBSD before 12: data is intptr_t. NetBSD before 10: udata is intptr_t.
// macOS packs the struct to 4 bytes: copy its members, take no references.)
//
// tests/kqueue/types_test.cc compiles this folder with the types of each.

#include <fcntl.h>
#include <sys/types.h>
// After <sys/types.h>, which it needs on OpenBSD and old FreeBSD.
#include <sys/event.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "event/handle.h"

namespace event_selector {
namespace kqueue {

// The struct; in C++ the function of that name hides it.
using Kevent = struct ::kevent;
using Filter = decltype(Kevent::filter);

// Whether the system reports out-of-band data by itself: macOS 10.15,
// DragonFly, OpenBSD 6.8. FreeBSD and NetBSD know no such filter.
#if defined(EVFILT_EXCEPT) && defined(NOTE_OOB)
inline constexpr bool kHasExcept = true;
inline constexpr Filter kExcept = EVFILT_EXCEPT;
inline constexpr unsigned kOutOfBand = NOTE_OOB;
#else
inline constexpr bool kHasExcept = false;
inline constexpr Filter kExcept = EVFILT_READ;  // Never used.
inline constexpr unsigned kOutOfBand = 0;
#endif

// Whether the program itself can make events: all but NetBSD before 10 and
// OpenBSD before 7.8.
#if defined(EVFILT_USER)
inline constexpr bool kHasUser = true;
inline constexpr Filter kUser = EVFILT_USER;
inline constexpr unsigned kTrigger = NOTE_TRIGGER;
#else
inline constexpr bool kHasUser = false;
inline constexpr Filter kUser = EVFILT_READ;  // Never used.
inline constexpr unsigned kTrigger = 0;
#endif

// Number of bits of a label: what fits into `udata` and the rest of the word
// beside it (registration_word.h) on every system, 32-bit ones included.
inline constexpr int kLabelBits = 19;

namespace detail {

template <typename Udata>
Udata ToUdata(std::uint32_t label) {
  if constexpr (std::is_pointer_v<Udata>) {
    return reinterpret_cast<Udata>(std::uintptr_t{label});
  } else {
    return static_cast<Udata>(label);
  }
}

template <typename Udata>
std::uint32_t FromUdata(Udata udata) {
  if constexpr (std::is_pointer_v<Udata>) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(udata));
  } else {
    return static_cast<std::uint32_t>(udata);
  }
}

// The type of kevent(2)'s counts.
template <typename Count>
Count CountOf(int (*)(int, const Kevent*, Count, Kevent*, Count,
                      const timespec*));

}  // namespace detail

// A change, or the model of an event. `label` comes back as `LabelOf` the
// event.
inline Kevent MakeKevent(Handle ident, Filter filter, unsigned flags,
                         unsigned fflags, std::int32_t data,
                         std::uint32_t label) {
  Kevent kevent = {};
  kevent.ident = static_cast<decltype(kevent.ident)>(ident);
  kevent.filter = filter;
  kevent.flags = static_cast<decltype(kevent.flags)>(flags);
  kevent.fflags = static_cast<decltype(kevent.fflags)>(fflags);
  kevent.data = data;
  kevent.udata = detail::ToUdata<decltype(kevent.udata)>(label);
  return kevent;
}

inline Handle HandleOf(const Kevent& kevent) {
  return static_cast<Handle>(kevent.ident);
}
inline std::uint32_t LabelOf(const Kevent& kevent) {
  return detail::FromUdata<decltype(kevent.udata)>(kevent.udata);
}

// Bit by bit: the system adds bits of its own to what it returns.
inline bool HasFlag(const Kevent& kevent, unsigned flag) {
  return (static_cast<unsigned>(kevent.flags) & flag) != 0;
}

// kevent(2).
inline int CallKevent(int queue, const Kevent* changes, std::size_t count,
                      Kevent* events, std::size_t room,
                      const timespec* timeout) {
  using Count = decltype(detail::CountOf(&::kevent));
  return ::kevent(queue, changes, static_cast<Count>(count), events,
                  static_cast<Count>(room), timeout);
}

// kqueue(2), close-on-exec: -1 with errno set if it fails. In two calls where
// the system has none for both (NetBSD has kqueue1(2), OpenBSD since 7.8, newer
// FreeBSD kqueuex(2)). What may come between is no fork, which does not inherit
// the queue, but an exec, which ends all other threads.
inline int OpenKqueue() {
#if defined(__NetBSD__)
  return ::kqueue1(O_CLOEXEC);
#else
  const int queue = ::kqueue();
  if (queue >= 0) fcntl(queue, F_SETFD, FD_CLOEXEC);
  return queue;
#endif
}

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_SYSTEM_H_
