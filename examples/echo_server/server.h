#ifndef EXAMPLES_ECHO_SERVER_SERVER_H_
#define EXAMPLES_ECHO_SERVER_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/stop_signal.h"
#include "examples/echo_server/connection.h"

namespace examples {
namespace echo {

// The event loop: accepts clients and serves them, in one thread.
class Server {
 public:
  struct Counts {
    std::uint64_t connections = 0;
    std::uint64_t bytes = 0;
  };

  // `selector` must outlive the server and be used by nobody else, but for
  // `Wake`.
  Server(event_selector::Selector& selector, Listener listener,
         std::size_t max_buffer);

  // Serves until a stop is requested; `stop_signal` wakes the selector then.
  // Call it once.
  absl::Status Run(const StopSignal& stop_signal);

  const Counts& counts() const { return counts_; }

 private:
  // How long the next wait may be.
  absl::Duration Timeout() const;
  void Note(const event_selector::Event& event);
  void AcceptSome();
  void AddConnection(Descriptor socket);
  void ServeListed();
  // After all is done that an event told of: asks for the next. Edge-triggered,
  // that needs nothing.
  void Rearm(event_selector::Handle handle, event_selector::Token token,
             event_selector::Interest interest);
  void List(event_selector::Token token, Connection& connection);
  void Close(event_selector::Token token, const Connection& connection);
  void FinishAll();

  event_selector::Selector& selector_;
  Acceptor acceptor_;
  const std::size_t max_buffer_;
  // kEdge, or kOneshot where the backend has no edge-triggered mode.
  const event_selector::Mode mode_;
  event_selector::TokenMap<Connection> connections_;
  // The connections that have something to do now, each once.
  std::vector<event_selector::Token> listed_;
  Counts counts_;
};

}  // namespace echo
}  // namespace examples

#endif  // EXAMPLES_ECHO_SERVER_SERVER_H_
