#ifndef EXAMPLES_THREAD_PER_CORE_SERVER_WORKER_H_
#define EXAMPLES_THREAD_PER_CORE_SERVER_WORKER_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/common/stop_signal.h"
#include "examples/thread_per_core_server/connection.h"
#include "examples/thread_per_core_server/listeners.h"

namespace examples {
namespace thread_per_core {

// What one thread does: it accepts clients, and serves those it has accepted to
// their end. It has a selector of its own and connections of its own, so there
// is no lock, and no other thread writes to what it reads.
class Worker {
 public:
  struct Counts {
    std::uint64_t connections = 0;
    std::uint64_t requests = 0;
  };

  static absl::StatusOr<std::unique_ptr<Worker>> Create(
      const ListenerForThread& listening);

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // For `StopSignal`.
  event_selector::Selector& selector() { return *selector_; }

  // Serves, in the calling thread, until the stop is requested or `GiveUp` is
  // called. Call it once. At the end it closes its connections, so that no
  // answer is lost.
  absl::Status Run(const StopSignal& stop);

  // Ends `Run` with kCancelled. Thread-safe.
  void GiveUp() { selector_->Close(); }

  // To be read after `Run`, which writes to it.
  const Counts& counts() const { return counts_; }

 private:
  struct Client {
    Connection connection;
    event_selector::Interest registered;  // What its registration asks for.
  };

  Worker(std::unique_ptr<event_selector::Selector> selector,
         const ListenerForThread& listening);

  absl::Status Handle(const event_selector::Event& event);
  void Serve(event_selector::Token token, event_selector::Readiness readiness);
  absl::Status AcceptOne();
  void AddClient(Descriptor socket);
  // Ends it in good order.
  void Finish(event_selector::Token token, Client& client);

  const std::unique_ptr<event_selector::Selector> selector_;
  Acceptor acceptor_;
  LingeringClose closing_;
  const bool rotates_;
  event_selector::TokenMap<Client> clients_;
  Counts counts_;
};

}  // namespace thread_per_core
}  // namespace examples

#endif  // EXAMPLES_THREAD_PER_CORE_SERVER_WORKER_H_
