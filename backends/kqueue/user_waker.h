#ifndef BACKENDS_KQUEUE_USER_WAKER_H_
#define BACKENDS_KQUEUE_USER_WAKER_H_

#include "absl/status/status.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/system.h"

// Systems without: see pipe_waker.h.
#if defined(EVFILT_USER)

namespace event_selector {
namespace kqueue {

// How a waker makes the queue report: events of the program itself. Holds no
// descriptor. Thread-safe, but for `Open`; `Signal` is async-signal-safe.
class UserWaker {
 public:
  // `queue` must be open and outlive this object. Errors: kResourceExhausted.
  absl::Status Open(const KqueueQueue& queue);

  // The queue reports one event more, to one wait, unless one is due already.
  // False if the system refuses.
  bool Signal();

  // Every wait on the queue, running or to come, gets an event.
  void SignalForever();

  bool IsSignal(const Kevent& kevent) const {
    return kevent.filter == EVFILT_USER && HandleOf(kevent) < 0;
  }
  bool Owns(int) const { return false; }

 private:
  bool Trigger(int ident);

  const KqueueQueue* queue_ = nullptr;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // defined(EVFILT_USER)
#endif  // BACKENDS_KQUEUE_USER_WAKER_H_
