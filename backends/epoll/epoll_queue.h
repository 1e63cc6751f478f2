#ifndef BACKENDS_EPOLL_EPOLL_QUEUE_H_
#define BACKENDS_EPOLL_EPOLL_QUEUE_H_

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "backends/posix/unique_descriptor.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace epoll {

// The kernel's queue, one `epoll(7)` instance, with waits that keep the
// contract's word on time: never early, exact to the nanosecond where the
// kernel can, signals retried. Thread-safe, but for `Open`.
class EpollQueue {
 public:
  // Must succeed before anything else is called. Errors: kResourceExhausted,
  // kUnimplemented (a kernel without epoll).
  absl::Status Open();

  // The epoll descriptor.
  int descriptor() const { return descriptor_.get(); }

  // epoll_ctl(2): 0, or -1 with errno set.
  int Control(int operation, int watched, std::uint32_t events,
              std::uint64_t data) const {
    epoll_event event = {};
    event.events = events;
    event.data.u64 = data;
    return epoll_ctl(descriptor(), operation, watched, &event);
  }

  // epoll_wait(2), with a timeout in milliseconds: the number of events written
  // to `events`, which has room for `room`, or -1 with errno set.
  int WaitOnce(epoll_event* events, int room, int timeout_ms) const {
    return epoll_wait(descriptor(), events, room, timeout_ms);
  }

  // As `WaitOnce`, but waits just as long as `timeout` says, also where that
  // takes several calls, and signals do not end it.
  int Wait(epoll_event* events, int room,
           internal::WaitTimeout& timeout) const {
    if (!timeout.is_running()) {
      const int timeout_ms = timeout.milliseconds();
      const int count = WaitOnce(events, room, timeout_ms);
      if (ABSL_PREDICT_TRUE(count > 0 || (count == 0 && timeout_ms == 0))) {
        return count;
      }
    }
    return WaitInSteps(events, room, timeout);
  }

  // Whether timeouts finer than a millisecond are kept.
  bool has_fine_timeouts() const {
    return has_pwait2_.load(std::memory_order_relaxed);
  }

 private:
  int WaitInSteps(epoll_event* events, int room,
                  internal::WaitTimeout& timeout) const;
  int WaitOneStep(epoll_event* events, int room,
                  const internal::WaitTimeout& timeout) const;

  posix::UniqueDescriptor descriptor_;
  // Becomes false for good once the kernel or a filter refuses epoll_pwait2.
  mutable std::atomic<bool> has_pwait2_{true};
};

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EPOLL_QUEUE_H_
