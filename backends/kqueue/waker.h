#ifndef BACKENDS_KQUEUE_WAKER_H_
#define BACKENDS_KQUEUE_WAKER_H_

#include <atomic>

#include "absl/status/status.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/pipe_waker.h"
#include "backends/kqueue/system.h"
#include "backends/kqueue/user_waker.h"

namespace event_selector {
namespace kqueue {

// Wakes a thread that waits on a `KqueueQueue`, by way of `Signaller`, a
// UserWaker or a PipeWaker.
//
// The same protocol, with the same memory orders, as `epoll::EventfdWaker`: see
// there for why no wake-up is lost, and tests/waker_model for the search of all
// its interleavings. Of the kernel it asks that an exchange before a signal
// comes before one that follows the kevent(2) that reports this signal.
//
// Thread-safe, but for `Open`. `Wake` is async-signal-safe.
template <typename Signaller>
class BasicWaker {
 public:
  // Must succeed before anything else is called. `queue` must be open and
  // outlive this object. Errors: kResourceExhausted.
  absl::Status Open(const KqueueQueue& queue) { return signaller_.Open(queue); }

  // Makes the queue report a wake-up, unless one is on its way. False if the
  // system refuses: then the calls that relied on this one are lost with it.
  bool Wake() {
    if (pending_.exchange(true, std::memory_order_acq_rel)) return true;
    if (signaller_.Signal()) return true;
    pending_.store(false, std::memory_order_release);
    return false;
  }

  // To be called by the `Wait` that fetched a wake-up, just before it returns.
  // False if no call of `Wake` is behind the event, which is then to be
  // ignored.
  bool Acknowledge() {
    return pending_.exchange(false, std::memory_order_acq_rel);
  }

  // Makes every wait on the queue, running or to come, report a wake-up.
  void WakeForever() { signaller_.SignalForever(); }

  bool IsWakeUp(const Kevent& kevent) const {
    return signaller_.IsSignal(kevent);
  }
  // Whether `descriptor` is a part of the waker, which no caller may touch.
  bool Owns(int descriptor) const { return signaller_.Owns(descriptor); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free,
                "Wake is called from signal handlers");

  Signaller signaller_;
  std::atomic<bool> pending_{false};
};

#if defined(EVFILT_USER)
using Waker = BasicWaker<UserWaker>;
#else
using Waker = BasicWaker<PipeWaker>;
#endif

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_WAKER_H_
