#ifndef KEY_VALUE_SERVER_SERVER_H_
#define KEY_VALUE_SERVER_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client.h"
#include "commands.h"
#include "descriptor.h"
#include "event/event.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "event/timer_queue.h"
#include "event/token.h"
#include "event/token_map.h"
#include "resp.h"
#include "snapshot_writer.h"
#include "store.h"
#include "subscriptions.h"

namespace key_value_server {

struct ServerOptions {
  // Closes clients that send nothing for so long. Zero: never. Subscribers are
  // silent by their nature, and exempt.
  std::chrono::nanoseconds idle_timeout{0};
  // While more than this waits to be sent to a client, its requests wait.
  std::size_t max_output = 256 * 1024;
  // A subscriber to whom more than this is to be sent is disconnected: it would
  // hold up whoever publishes.
  std::size_t max_backlog = std::size_t{8} << 20;
  std::size_t max_request = std::size_t{64} << 20;
  RequestLimits request_limits;
  // At the end of a connection: how long its peer may stay silent, and how long
  // it may take in all, before it is given up.
  std::chrono::nanoseconds end_quiet = std::chrono::milliseconds(500);
  std::chrono::nanoseconds end_total = std::chrono::seconds(5);
  std::string snapshot_path = "dump.resp";
};

// The event loop, in one thread.
class Server {
 public:
  struct Counts {
    std::uint64_t connections = 0;
    std::uint64_t requests = 0;
    std::uint64_t too_slow = 0;   // Subscribers that were disconnected.
    std::uint64_t idle = 0;       // Clients that were closed for it.
    std::uint64_t snapshots = 0;  // That were written.
  };

  // `listener` is non-blocking. `selector` must outlive the server and be used
  // by nobody else, but for `Wake`.
  Server(event_selector::Selector& selector, Descriptor listener,
         const ServerOptions& options = {});

  // Serves until SIGINT or SIGTERM comes. Then no client is accepted any more,
  // all replies leave, and the connections end; a second signal ends at once.
  // `signals` belongs to `selector`. Call it once.
  absl::Status Run(event_selector::SignalSet& signals);

  const Counts& counts() const { return counts_; }

 private:
  using Time = std::chrono::nanoseconds;

  absl::Duration Timeout();
  void Handle(const event_selector::Event& event);
  void TakeSignals(event_selector::SignalSet& signals);
  void TakeResults();
  void CloseDue();

  void AcceptSome();
  void AddClient(Descriptor socket);
  void Park();
  void Resume();

  void ReadSome(event_selector::Token token, Client& client);
  void Serve(event_selector::Token token, Client& client,
             absl::string_view received);
  std::size_t ServeAll(event_selector::Token token, Client& client,
                       absl::string_view input);
  void Deliver(event_selector::Token token, absl::string_view reply);

  // The clients whose output or interest may have changed in this round.
  void List(event_selector::Token token, Client& client);
  void SettleListed();
  void Settle(event_selector::Token token, Client& client);
  void Flush(Client& client);

  void BeginEnd(event_selector::Token token, Client& client);
  void Drain();
  void SetTimer(event_selector::Token token, Client& client);

  event_selector::Selector& selector_;
  const Descriptor listener_;
  // Ends before the socket is closed.
  event_selector::ScopedRegistration listening_;
  const ServerOptions options_;

  Store store_;
  Subscriptions subscriptions_;
  SnapshotWriter writer_;
  Commands commands_;

  event_selector::TokenMap<Client> clients_;
  event_selector::TimerQueue<event_selector::Token> timers_;
  std::vector<event_selector::Token> listed_;
  Arguments arguments_;
  Time now_{};     // One reading for the round.
  Time resume_{};  // When a parked listener is tried again.
  bool is_parked_ = false;
  bool is_draining_ = false;
  bool is_over_ = false;
  Counts counts_;
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_SERVER_H_
