#include "backends/epoll/epoll_pwait2.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace event_selector {
namespace epoll {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1000 * 1000 * 1000;

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 35)
#define EVENT_HAS_EPOLL_PWAIT2 1
#endif
#endif

#if !defined(EVENT_HAS_EPOLL_PWAIT2)

#if defined(SYS_epoll_pwait2)
constexpr long kEpollPwait2 = SYS_epoll_pwait2;
#elif defined(__alpha__)
constexpr long kEpollPwait2 = 551;
#else
// One number for all architectures but Alpha since Linux 5.1:
// Documentation/process/adding-syscalls.rst.
constexpr long kEpollPwait2 = 441;
#endif

// What the kernel takes also where the C library's timespec is narrower:
// struct __kernel_timespec.
struct KernelTimespec {
  std::int64_t tv_sec;
  std::int64_t tv_nsec;
};

#endif

}  // namespace

int EpollPwait2(int epoll_descriptor, epoll_event* events, int room,
                std::int64_t timeout_ns) {
#if defined(EVENT_HAS_EPOLL_PWAIT2)
  timespec timeout = {};
  timeout.tv_sec = static_cast<time_t>(timeout_ns / kNanosecondsPerSecond);
  timeout.tv_nsec = static_cast<long>(timeout_ns % kNanosecondsPerSecond);
  return epoll_pwait2(epoll_descriptor, events, room, &timeout, nullptr);
#else
  const KernelTimespec timeout = {timeout_ns / kNanosecondsPerSecond,
                                  timeout_ns % kNanosecondsPerSecond};
  return static_cast<int>(syscall(kEpollPwait2, epoll_descriptor, events, room,
                                  &timeout, nullptr, 0));
#endif
}

}  // namespace epoll
}  // namespace event_selector
