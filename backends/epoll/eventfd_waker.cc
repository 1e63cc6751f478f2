#include "backends/epoll/eventfd_waker.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "backends/epoll/epoll_queue.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/unique_descriptor.h"

namespace event_selector {
namespace epoll {
namespace {

constexpr std::uint32_t kOfEventfd = EPOLLIN;
// Holds for ever, whether anybody could write to the eventfd or not: its
// counter is above zero or below its limit.
constexpr std::uint32_t kForEver = EPOLLIN | EPOLLOUT;
// Far more than signals could take away one after the other.
constexpr int kMostAttempts = 10'000;
// What an epoll descriptor reports besides EPOLLIN: fs/eventpoll.c,
// ep_eventpoll_poll. (Its wake-ups carry EPOLLIN, so both must be asked for.)
constexpr std::uint32_t kNestedMark = EPOLLRDNORM;
constexpr std::uint32_t kOfNestedQueue = EPOLLIN | kNestedMark;

}  // namespace

absl::Status EventfdWaker::Open(const EpollQueue& queue) {
  queue_ = &queue;
  eventfd_ = posix::UniqueDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!eventfd_.valid()) return posix::CreationError(errno, "eventfd");
  if (queue.Control(EPOLL_CTL_ADD, eventfd_.get(), kOfEventfd | EPOLLET,
                    kData) != 0) {
    return posix::CreationError(errno, "epoll_ctl for the waker");
  }
  return absl::OkStatus();
}

bool EventfdWaker::Signal() {
  // A thread that ended in write(2) would leave the flag set behind it, and
  // nobody would ever be woken again.
  const posix::CancellationShield shield;
  // Bounded, though the kernel needs two attempts at most, but for threads that
  // fill up the counter meanwhile: what filters system calls may answer
  // anything.
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const std::uint64_t one = 1;
    if (write(eventfd_.get(), &one, sizeof(one)) == sizeof(one)) return true;
    if (errno == EAGAIN) {
      // The counter, which nobody reads otherwise, is at its limit of 2^64-2:
      // reading sets it to zero. Should the read fail, another thread has read.
      std::uint64_t counter;
      if (read(eventfd_.get(), &counter, sizeof(counter)) < 0 &&
          errno != EAGAIN && errno != EINTR) {
        return false;
      }
    } else if (errno != EINTR) {
      return false;
    }
  }
  return false;
}

bool EventfdWaker::IsWakeUp(std::uint32_t events) const {
  return (events & kNestedMark) != 0 ||
         !token_is_shared_.load(std::memory_order_acquire);
}

absl::Status EventfdWaker::ShareToken() {
  const internal::MutexLock lock(mutex_);
  if (token_is_shared_.load(std::memory_order_relaxed)) return absl::OkStatus();
  // An `Add` that a `Close` has overtaken: to move now would put an edge in the
  // place of the wake-up that is there for ever.
  if (is_awake_forever_) return absl::OkStatus();
  return MoveIntoNestedQueue();
}

// With `mutex_` held.
absl::Status EventfdWaker::MoveIntoNestedQueue() {
  posix::UniqueDescriptor nested(epoll_create1(EPOLL_CLOEXEC));
  if (!nested.valid()) {
    return posix::CreationError(errno, "epoll_create1 for the nested waker");
  }
  if (!WatchIn(nested.get()) ||
      queue_->Control(EPOLL_CTL_ADD, nested.get(), kOfNestedQueue | EPOLLET,
                      kData) != 0) {
    return posix::CreationError(errno, "epoll_ctl for the nested waker");
  }
  nested_descriptor_.store(nested.get(), std::memory_order_relaxed);
  nested_queue_ = std::move(nested);
  token_is_shared_.store(true, std::memory_order_release);
  // A wake-up that is still on the old way is gone with it, or will be taken
  // for a user's event. But it is on the new way, too.
  queue_->Control(EPOLL_CTL_DEL, eventfd_.get(), 0, 0);
  return absl::OkStatus();
}

// Puts the eventfd into the queue `nested`, which then is ready if a wake-up is
// pending, and, except by a race, only then. False, with errno: it could not.
bool EventfdWaker::WatchIn(int nested) const {
  const posix::CancellationShield shield;  // epoll_wait(2)
  epoll_event event = {};
  event.events = kOfEventfd | EPOLLET;
  if (epoll_ctl(nested, EPOLL_CTL_ADD, eventfd_.get(), &event) != 0) {
    return false;
  }
  // The counter is above zero from the first wake-up on, so that the eventfd is
  // ready: as a wake-up, it would take a place that nobody owes it. This takes
  // the edge.
  epoll_event taken;
  static_cast<void>(epoll_wait(nested, &taken, 1, 0));
  // Perhaps the edge was one of a `Wake`, which then is pending since before
  // its write, or was returned for. This gives the edge back. A write that
  // comes later makes one of its own.
  return !flag_.is_pending() ||
         epoll_ctl(nested, EPOLL_CTL_MOD, eventfd_.get(), &event) == 0;
}

void EventfdWaker::WakeForever() {
  const internal::MutexLock lock(mutex_);
  is_awake_forever_ = true;
  // Level-triggered, and always ready: each wait that takes the event leaves it
  // for the next one.
  if (!token_is_shared_.load(std::memory_order_relaxed)) {
    queue_->Control(EPOLL_CTL_MOD, eventfd_.get(), kForEver, kData);
    return;
  }
  epoll_event event = {};
  event.events = kForEver;
  epoll_ctl(nested_queue_.get(), EPOLL_CTL_MOD, eventfd_.get(), &event);
  queue_->Control(EPOLL_CTL_MOD, nested_queue_.get(), kOfNestedQueue, kData);
}

}  // namespace epoll
}  // namespace event_selector
