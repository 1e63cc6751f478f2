#ifndef BACKENDS_IOCP_PORT_WAKER_H_
#define BACKENDS_IOCP_PORT_WAKER_H_

#include <atomic>

#include "backends/iocp/completion_port.h"

namespace event_selector {
namespace iocp {

// Wakes a thread that waits on a `CompletionPort`, by a packet of its own key.
//
// `pending_` says that a packet is on its way, so that further calls of `Wake`
// leave it to that. Both sides exchange it: a `Wake` that comes behind
// `Acknowledge` finds false and posts; one that comes before is acquired by it,
// also one that joined. A post that fails takes along the calls that relied on
// it.
//
// Thread-safe. `Wake` may be called from wherever code runs: it only exchanges
// an atomic and makes a system call.
class PortWaker {
 public:
  // `port` must outlive this object.
  explicit PortWaker(const CompletionPort& port) : port_(port) {}

  // Makes the port give a wake-up to one thread, unless one is on its way.
  // False if the system refuses.
  bool Wake() {
    if (pending_.exchange(true, std::memory_order_acq_rel)) return true;
    if (port_.Post(PacketKey::kWakeUp)) return true;
    pending_.store(false, std::memory_order_release);
    return false;
  }

  // To be called by the `Wait` that fetched a wake-up.
  void Acknowledge() { pending_.exchange(false, std::memory_order_acq_rel); }

 private:
  const CompletionPort& port_;
  std::atomic<bool> pending_{false};
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_PORT_WAKER_H_
