#ifndef TESTS_KQUEUE_TYPES_NETBSD9_SYS_EVENT_H_
#define TESTS_KQUEUE_TYPES_NETBSD9_SYS_EVENT_H_

// The definitions of NetBSD 9, whose udata is a number, and which has no
// EVFILT_USER: sys/sys/event.h.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define EVFILT_READ 0U
#define EVFILT_WRITE 1U
#define EVFILT_VNODE 3U
#define EVFILT_PROC 4U
#define EVFILT_TIMER 6U

struct kevent {
  uintptr_t ident;
  uint32_t filter;
  uint32_t flags;
  uint32_t fflags;
  int64_t data;
  intptr_t udata;
};

#define EV_ADD 0x0001U
#define EV_DELETE 0x0002U
#define EV_ENABLE 0x0004U
#define EV_DISABLE 0x0008U
#define EV_ONESHOT 0x0010U
#define EV_CLEAR 0x0020U
#define EV_RECEIPT 0x0040U
#define EV_DISPATCH 0x0080U
#define EV_EOF 0x8000U
#define EV_ERROR 0x4000U

#define NOTE_LOWAT 0x0001U
#define NOTE_EXIT 0x80000000U

extern "C" {
int kqueue(void);
int kevent(int, const struct kevent*, size_t, struct kevent*, size_t,
           const struct timespec*);
}

#endif  // TESTS_KQUEUE_TYPES_NETBSD9_SYS_EVENT_H_
