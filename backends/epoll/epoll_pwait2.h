#ifndef BACKENDS_EPOLL_EPOLL_PWAIT2_H_
#define BACKENDS_EPOLL_EPOLL_PWAIT2_H_

#include <sys/epoll.h>

#include <cstdint>

namespace event_selector {
namespace epoll {

// epoll_pwait2(2) (Linux 5.11) without a signal mask, also where the C library
// has no wrapper for it (glibc before 2.35, musl). `timeout_ns` >= 0. The
// number of events, or -1 with errno set.
int EpollPwait2(int epoll_descriptor, epoll_event* events, int room,
                std::int64_t timeout_ns);

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EPOLL_PWAIT2_H_
