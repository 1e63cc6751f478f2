#ifndef TESTS_KQUEUE_SHIM_INCLUDE_SYS_EVENT_H_
#define TESTS_KQUEUE_SHIM_INCLUDE_SYS_EVENT_H_

// <sys/event.h> for Linux, for tests only: kqueue(2) and kevent(2) as
// kqueue_shim.h plays them. The struct is FreeBSD's (since 12); where the
// systems' constants differ, these are of one or another.

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)
#define EVFILT_VNODE (-4)
#define EVFILT_PROC (-5)
#define EVFILT_TIMER (-7)  // Not played.
#define EVFILT_USER (-11)
#define EVFILT_EXCEPT (-15)

// Actions.
#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_ENABLE 0x0004
#define EV_DISABLE 0x0008
// Flags.
#define EV_ONESHOT 0x0010
#define EV_CLEAR 0x0020
#define EV_RECEIPT 0x0040
#define EV_DISPATCH 0x0080
// Returned values.
#define EV_EOF 0x8000
#define EV_ERROR 0x4000

// EVFILT_READ and EVFILT_WRITE.
#define NOTE_LOWAT 0x0001
// EVFILT_PROC.
#define NOTE_EXIT 0x80000000
// EVFILT_EXCEPT.
#define NOTE_OOB 0x0002
// EVFILT_USER.
#define NOTE_TRIGGER 0x01000000

struct kevent {
  uintptr_t ident;
  short filter;
  unsigned short flags;
  unsigned int fflags;
  int64_t data;
  void* udata;
  uint64_t ext[4];
};

#ifdef __cplusplus
extern "C" {
#endif

int kqueue(void);
int kevent(int kq, const struct kevent* changelist, int nchanges,
           struct kevent* eventlist, int nevents,
           const struct timespec* timeout);

#ifdef __cplusplus
}
#endif

#endif  // TESTS_KQUEUE_SHIM_INCLUDE_SYS_EVENT_H_
