#include "backends/epoll/epoll_queue.h"

#include <sys/epoll.h>

#include <cerrno>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/epoll/epoll_pwait2.h"
#include "backends/posix/call_timeout.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/unique_descriptor.h"
#include "backends/wait_timeout.h"

namespace event_selector {
namespace epoll {

absl::Status EpollQueue::Open() {
  descriptor_ = posix::UniqueDescriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!descriptor_.valid()) {
    return posix::CreationError(errno, "epoll_create1");
  }
  // Asked now, so that `has_fine_timeouts` is right before the first wait.
  epoll_event event;
  if (EpollPwait2(descriptor(), &event, 1, 0) < 0 &&
      posix::IsMissingSystemCall(errno)) {
    has_pwait2_.store(false, std::memory_order_relaxed);
  }
  return absl::OkStatus();
}

// Begins anew where the quick way failed: if not for a signal, it fails again.
int EpollQueue::WaitInSteps(epoll_event* events, int room,
                            backends::WaitTimeout& timeout) const {
  for (;;) {
    const int count = WaitOneStep(events, room, timeout.remaining_ns());
    if (count > 0) return count;
    if (count == 0 && posix::IsOneCall(timeout)) return 0;
    if (count < 0 && errno != EINTR) return -1;
    timeout.Refresh();
  }
}

int EpollQueue::WaitOneStep(epoll_event* events, int room,
                            std::int64_t timeout_ns) const {
  if (timeout_ns <= 0) {
    return WaitOnce(events, room, static_cast<int>(timeout_ns));
  }
  // Whole milliseconds go to epoll_wait: epoll_pwait2 has the dearer entry.
  if (posix::IsFine(timeout_ns) && has_fine_timeouts()) {
    const int count = EpollPwait2(descriptor(), events, room, timeout_ns);
    if (count >= 0 || !posix::IsMissingSystemCall(errno)) return count;
    has_pwait2_.store(false, std::memory_order_relaxed);
  }
  return WaitOnce(events, room, posix::ToMilliseconds(timeout_ns));
}

}  // namespace epoll
}  // namespace event_selector
