#ifndef BACKENDS_IOCP_PORT_WAKER_H_
#define BACKENDS_IOCP_PORT_WAKER_H_

#include "backends/iocp/completion_port.h"
#include "event/internal/waker_flag.h"

namespace event_selector {
namespace iocp {

// Wakes a thread that waits on a `CompletionPort`, by a packet of its own key.
//
// internal::WakerFlag says how no wake-up is lost.
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
    return flag_.Wake([this] { return port_.Post(PacketKey::kWakeUp); });
  }

  // To be called by the `Wait` that fetched a wake-up.
  void Acknowledge() { flag_.Acknowledge(); }

 private:
  const CompletionPort& port_;
  internal::WakerFlag flag_;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_PORT_WAKER_H_
