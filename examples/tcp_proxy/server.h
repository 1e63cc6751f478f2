#ifndef EXAMPLES_TCP_PROXY_SERVER_H_
#define EXAMPLES_TCP_PROXY_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/timer_queue.h"
#include "event/token.h"
#include "event/token_map.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/common/listener.h"
#include "examples/common/stop_signal.h"
#include "examples/tcp_proxy/target.h"
#include "examples/tcp_proxy/tunnel.h"

namespace examples {
namespace proxy {

// The event loop: accepts clients, connects each to the target, and serves the
// tunnels, in one thread. Everything is registered level-triggered: see Tunnel.
class Server {
 public:
  struct Counts {
    std::uint64_t connections = 0;  // Clients that were accepted.
    std::uint64_t refused = 0;      // By the target.
    std::uint64_t idle = 0;         // Ended because nothing was sent.
    std::uint64_t bytes = 0;        // Passed on, in both directions.
  };
  struct Limits {
    std::size_t max_buffer;  // Bytes held in each direction of a connection.
    // How long nothing may come from either side; also how long the target may
    // take to accept a connection. absl::InfiniteDuration(): for ever.
    absl::Duration idle_timeout;
  };

  // `selector` must outlive the server and be used by nobody else, but for
  // `Wake`.
  Server(event_selector::Selector& selector, Listener listener, Target target,
         const Limits& limits);
  ~Server();

  // Serves until a stop is requested; `stop_signal` wakes the selector then.
  // Call it once.
  absl::Status Run(const StopSignal& stop_signal);

  const Counts& counts() const { return counts_; }

 private:
  // A tunnel and what the selector was told of it.
  struct Connection;
  // What a token stands for.
  struct End {
    Connection* connection;
    Side side;
  };

  void ReadClock();
  void Handle(const event_selector::Event& event);
  void AcceptSome();
  void Open(Descriptor client, Descriptor target);
  // Begins to connect `socket` to the target's current address, or other
  // sockets to the next ones if that fails at once, or if `socket` is not
  // valid. False if no address is left.
  bool Connect(Connection& connection, Descriptor socket);
  // Tells the selector what the tunnel wants now.
  void Update(Connection& connection);
  absl::Status Register(Connection& connection, Side side);
  void Unregister(Connection& connection, Side side);
  void UnregisterBoth(Connection& connection);
  void TurnAway(Connection& connection);
  void Close(Connection& connection);
  void CloseIdle();
  void FinishAll();

  event_selector::Selector& selector_;
  Acceptor acceptor_;
  LingeringClose closing_;
  const Target target_;
  const Limits limits_;
  // Made before the next client is accepted, so that there is always a socket
  // to connect for it.
  Descriptor next_target_;
  event_selector::TokenMap<End> ends_;
  absl::flat_hash_set<std::unique_ptr<Connection>> connections_;
  // One for each connection, as long as it is open.
  event_selector::TimerQueue<Connection*> idle_timers_;
  // As of the last wait: one reading of the clock is enough for all its events.
  // (So a timer is late by as long as a turn takes.)
  absl::Duration now_;
  Counts counts_;
};

}  // namespace proxy
}  // namespace examples

#endif  // EXAMPLES_TCP_PROXY_SERVER_H_
