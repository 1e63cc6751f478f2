#ifndef BACKENDS_KQUEUE_WAKER_H_
#define BACKENDS_KQUEUE_WAKER_H_

#include "absl/status/status.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/pipe_waker.h"
#include "backends/kqueue/system.h"
#include "backends/kqueue/user_waker.h"
#include "event/internal/waker_flag.h"

namespace event_selector {
namespace kqueue {

// Wakes a thread that waits on a `KqueueQueue`, by way of `Signaller`, a
// UserWaker or a PipeWaker.
//
// internal::WakerFlag says how no wake-up is lost. Of the kernel it asks that
// an exchange before a signal comes before one that follows the kevent(2) that
// reports this signal.
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
    return flag_.Wake([this] { return signaller_.Signal(); });
  }

  // To be called by the `Wait` that fetched a wake-up, just before it returns.
  // False if no call of `Wake` is behind the event, which is then to be
  // ignored.
  bool Acknowledge() { return flag_.Acknowledge(); }

  // To be called where a thread ends in the middle of a `Wait`, and may have
  // fetched a wake-up: another one gets it.
  void PassOn() {
    if (flag_.is_pending()) signaller_.Signal();
  }

  // Makes every wait on the queue, running or to come, report a wake-up.
  void WakeForever() { signaller_.SignalForever(); }

  bool IsWakeUp(const Kevent& kevent) const {
    return signaller_.IsSignal(kevent);
  }
  // Whether `descriptor` is a part of the waker, which no caller may touch.
  bool Owns(int descriptor) const { return signaller_.Owns(descriptor); }

 private:
  Signaller signaller_;
  internal::WakerFlag flag_;
};

#if defined(EVFILT_USER)
using Waker = BasicWaker<UserWaker>;
#else
using Waker = BasicWaker<PipeWaker>;
#endif

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_WAKER_H_
