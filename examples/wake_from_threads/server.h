#ifndef EXAMPLES_WAKE_FROM_THREADS_SERVER_H_
#define EXAMPLES_WAKE_FROM_THREADS_SERVER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/common/listener.h"
#include "examples/common/stop_signal.h"
#include "examples/wake_from_threads/connection.h"
#include "examples/wake_from_threads/worker_pool.h"

namespace examples {
namespace wake_from_threads {

// The event loop, in one thread. It never computes: what takes long is given to
// the pool. A client sends lines:
//
//   ping         is answered by "pong", at once
//   status       by "2 clients, 1 running, 3 waiting", at once: how many
//                connections there are, and jobs of all of them
//   else         is a question for the workers. "5: ..." is the answer to the
//                client's fifth; answers come in the order in which they are
//                found.
class Server {
 public:
  struct Counts {
    std::uint64_t connections = 0;
    std::uint64_t jobs = 0;
    std::uint64_t answers = 0;
    std::uint64_t late = 0;  // Results whose client had left.
  };

  // `selector` and `pool` must outlive the server. Nobody else may use them,
  // but for waking the selector.
  Server(event_selector::Selector& selector, Listener listener,
         WorkerPool& pool);

  // Serves until the stop is requested. Call it once.
  absl::Status Run(const StopSignal& stop);

  // To be read after `Run`, which writes to it.
  const Counts& counts() const { return counts_; }

 private:
  struct Client {
    explicit Client(Descriptor socket)
        : connection(std::move(socket)), registered(connection.interest()) {}

    Connection connection;
    // Ends before the connection closes its socket.
    event_selector::ScopedRegistration registration;
    event_selector::Interest registered;  // What it asks for.
  };

  void Handle(const event_selector::Event& event);
  void AcceptSome();
  void AddClient(Descriptor socket);
  void DeliverResults();
  void Settle(event_selector::Token token, Client& client);
  void Serve(event_selector::Token token, Connection& connection,
             const std::string& line);
  void Close(event_selector::Token token);
  // The same in good order, with what is still to be sent.
  void Finish(event_selector::Token token, Client& client);

  event_selector::Selector& selector_;
  Acceptor acceptor_;
  LingeringClose closing_;
  WorkerPool& pool_;
  event_selector::TokenMap<Client> clients_;
  std::vector<Result> results_;  // Of this turn; keeps its memory.
  Counts counts_;
};

}  // namespace wake_from_threads
}  // namespace examples

#endif  // EXAMPLES_WAKE_FROM_THREADS_SERVER_H_
