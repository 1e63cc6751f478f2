#ifndef BACKENDS_EPOLL_EVENTFD_WAKER_H_
#define BACKENDS_EPOLL_EVENTFD_WAKER_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "backends/epoll/epoll_queue.h"
#include "backends/posix/unique_descriptor.h"
#include "event/internal/mutex.h"
#include "event/internal/waker_flag.h"

namespace event_selector {
namespace epoll {

// Wakes a thread that waits on an `EpollQueue`: an `eventfd(2)` in the queue,
// registered edge-triggered, so that each write makes one event although nobody
// reads the counter.
//
// internal::WakerFlag says how no wake-up is lost. Of the kernel it asks that
// an exchange before a write(2) comes before one that follows the epoll_wait(2)
// that reports this write.
//
// Thread-safe, but for `Open`. `Wake` is async-signal-safe.
class EventfdWaker {
 public:
  // The waker's events carry this value, which callers may use as a token, too:
  // see `ShareToken`.
  static constexpr std::uint64_t kData = 0x9e6c'63d0'876a'3d5b;

  // Puts the waker into `queue`, which must be open and outlive this object.
  // Must succeed before anything else is called. Errors: kResourceExhausted.
  absl::Status Open(const EpollQueue& queue);

  // Makes the queue report a wake-up, unless one is on its way. False if the
  // system refuses. Leaves errno as it is. No cancellation point.
  bool Wake() {
    return flag_.Wake([this] { return Signal(); });
  }

  // Whether an event of the queue that carries kData and reports `events` is
  // the waker's.
  bool IsWakeUp(std::uint32_t events) const;

  // To be called by the `Wait` that fetched a wake-up, just before it returns.
  // False if no call of `Wake` is behind the event, which is then to be
  // ignored.
  bool Acknowledge() { return flag_.Acknowledge(); }

  // Whether a wake-up is on its way.
  bool is_pending() const { return flag_.is_pending(); }

  // To be called where a thread ends in the middle of a `Wait`, and may have
  // fetched a wake-up: another one gets it.
  void PassOn() {
    if (flag_.is_pending()) Signal();
  }

  // To be called before `kData` becomes the token of a user's registration.
  // From then on the waker's events differ from the user's by EPOLLRDNORM, for
  // which no user can ask: an eventfd never reports it, but an epoll descriptor
  // does, so the eventfd moves into an epoll instance of its own. That costs a
  // descriptor and a longer way for a wake-up, so it happens only to those who
  // use this one token of 2^64. A `Wait` that runs meanwhile may return one
  // readable event too many for it, or find a wake-up that nobody asked for in
  // a full span (K3). Errors: kResourceExhausted.
  absl::Status ShareToken();

  // Makes every wait on the queue, running or to come, report a wake-up.
  // Nothing is moved any more after that.
  void WakeForever();

  // The eventfd, for who watches it elsewhere, too: readable from the first
  // wake-up on, so only changes of it tell something.
  int descriptor() const { return eventfd_.get(); }

  // Whether `descriptor` is a part of the waker, which no caller may touch.
  bool Owns(int descriptor) const {
    return descriptor >= 0 &&
           (descriptor == eventfd_.get() ||
            descriptor == nested_descriptor_.load(std::memory_order_relaxed));
  }

 private:
  bool Signal();
  absl::Status MoveIntoNestedQueue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool WatchIn(int nested) const;

  const EpollQueue* queue_ = nullptr;
  posix::UniqueDescriptor eventfd_;
  internal::WakerFlag flag_;

  // Whether users may have registrations with `kData`.
  std::atomic<bool> token_is_shared_{false};
  // The value of `nested_queue_`, for readers without the lock.
  std::atomic<int> nested_descriptor_{-1};

  // Guards what follows, and how the eventfd is registered. Never held in
  // `Wait`.
  internal::Mutex mutex_;
  posix::UniqueDescriptor nested_queue_ ABSL_GUARDED_BY(mutex_);
  bool is_awake_forever_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EVENTFD_WAKER_H_
