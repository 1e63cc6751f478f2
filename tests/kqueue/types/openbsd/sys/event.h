#ifndef TESTS_KQUEUE_TYPES_OPENBSD_SYS_EVENT_H_
#define TESTS_KQUEUE_TYPES_OPENBSD_SYS_EVENT_H_

// The definitions of OpenBSD 6.8 and later, without EVFILT_USER, which
// it got in 7.8: sys/sys/event.h.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)
#define EVFILT_VNODE (-4)
#define EVFILT_PROC (-5)
#define EVFILT_TIMER (-7)
#define EVFILT_EXCEPT (-9)

struct kevent {
  uintptr_t ident;
  short filter;
  unsigned short flags;
  unsigned int fflags;
  int64_t data;
  void* udata;
};

#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_ENABLE 0x0004
#define EV_DISABLE 0x0008
#define EV_ONESHOT 0x0010
#define EV_CLEAR 0x0020
#define EV_RECEIPT 0x0040
#define EV_DISPATCH 0x0080
#define EV_EOF 0x8000
#define EV_ERROR 0x4000

#define NOTE_LOWAT 0x0001
#define NOTE_EXIT 0x80000000
#define NOTE_OOB 0x0004

extern "C" {
int kqueue(void);
int kevent(int, const struct kevent*, int, struct kevent*, int,
           const struct timespec*);
}

#endif  // TESTS_KQUEUE_TYPES_OPENBSD_SYS_EVENT_H_
