#include "backends/epoll/epoll_queue.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/unique_descriptor.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace epoll {
namespace {

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
#elif defined(__mips__) && defined(__NR_Linux)
// MIPS counts from 4000, 5000 or 6000, by its ABI.
constexpr long kEpollPwait2 = __NR_Linux + 441;
#else
// One number for all architectures but Alpha and MIPS since Linux 5.1:
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

// epoll_pwait2(2) (Linux 5.11) without a signal mask, also where the C library
// has no wrapper for it (glibc before 2.35, musl).
int EpollPwait2(int epoll_descriptor, epoll_event* events, int room,
                const internal::WaitTimeout& remaining) {
#if defined(EVENT_HAS_EPOLL_PWAIT2)
  const auto timeout = remaining.ToTimespec<timespec>();
  return epoll_pwait2(epoll_descriptor, events, room, &timeout, nullptr);
#else
  const auto timeout = remaining.ToTimespec<KernelTimespec>();
  return static_cast<int>(syscall(kEpollPwait2, epoll_descriptor, events, room,
                                  &timeout, nullptr, 0));
#endif
}

}  // namespace

absl::Status EpollQueue::Open() {
  descriptor_ = posix::UniqueDescriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!descriptor_.valid()) {
    return posix::CreationError(errno, "epoll_create1");
  }
  const posix::CancellationShield shield;
  // Asked now, so that `has_fine_timeouts` is right before the first wait.
  epoll_event event;
  if (EpollPwait2(descriptor(), &event, 1, internal::WaitTimeout::Zero()) < 0 &&
      posix::IsMissingSystemCall(errno)) {
    has_pwait2_.store(false, std::memory_order_relaxed);
  }
  return absl::OkStatus();
}

// Begins anew where the quick way failed: if not for a signal, it fails again.
int EpollQueue::WaitInSteps(epoll_event* events, int room,
                            internal::WaitTimeout& timeout) const {
  for (;;) {
    const int count = WaitOneStep(events, room, timeout);
    if (count > 0) return count;
    if (count == 0 && timeout.fits_milliseconds()) return 0;
    if (count < 0 && errno != EINTR) return -1;
    timeout.Refresh();
  }
}

int EpollQueue::WaitOneStep(epoll_event* events, int room,
                            const internal::WaitTimeout& timeout) const {
  // Whole milliseconds go to epoll_wait: epoll_pwait2 has the dearer entry.
  if (timeout.is_fine() && has_fine_timeouts()) {
    const int count = EpollPwait2(descriptor(), events, room, timeout);
    if (count >= 0 || !posix::IsMissingSystemCall(errno)) return count;
    has_pwait2_.store(false, std::memory_order_relaxed);
  }
  return WaitOnce(events, room, timeout.milliseconds());
}

}  // namespace epoll
}  // namespace event_selector
