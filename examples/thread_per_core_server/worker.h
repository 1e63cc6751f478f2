#ifndef EXAMPLES_THREAD_PER_CORE_SERVER_WORKER_H_
#define EXAMPLES_THREAD_PER_CORE_SERVER_WORKER_H_

#include <chrono>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "examples/common/descriptor.h"
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
      ListenerForThread listening);

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // For `StopSignal`.
  event::Selector& selector() { return *selector_; }

  // Serves, in the calling thread, until the stop is requested or `GiveUp` is
  // called. Call it once. The connections are closed with the worker.
  absl::Status Run(const StopSignal& stop);

  // Ends `Run` with kCancelled. Thread-safe.
  void GiveUp() { selector_->Close(); }

  // To be read after `Run`, which writes to it.
  const Counts& counts() const { return counts_; }

 private:
  struct Client {
    Connection connection;
    event::Interest registered;  // What its registration asks for.
  };

  Worker(std::unique_ptr<event::Selector> selector,
         ListenerForThread listening);

  absl::Status StartListening();
  void StopListening(const absl::Status& reason);
  bool MayListenAgain() const;
  absl::Duration Timeout() const;
  absl::Status Handle(const event::Event& event);
  void Serve(event::Token token, event::Readiness readiness);
  absl::Status AcceptOne();
  absl::Status Rotate();
  void AddClient(Descriptor socket);

  const std::unique_ptr<event::Selector> selector_;
  const ListenerForThread listening_;
  bool is_listening_ = false;
  // While it is not listening:
  bool has_closed_one_ = false;  // Since it stopped.
  std::chrono::steady_clock::time_point listen_again_;
  bool has_warned_ = false;
  event::TokenMap<Client> clients_;
  Counts counts_;
};

}  // namespace thread_per_core
}  // namespace examples

#endif  // EXAMPLES_THREAD_PER_CORE_SERVER_WORKER_H_
