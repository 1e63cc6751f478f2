#include "examples/echo_server/server.h"

#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/common/listener.h"
#include "examples/common/stop_signal.h"
#include "examples/echo_server/connection.h"

namespace examples {
namespace echo {
namespace {

// A TokenMap never gives out a token as small as this.
constexpr event_selector::Token kListenerToken(0);

// So that a crowd of new clients does not keep the server from the old ones.
constexpr int kAcceptsPerTurn = 64;

constexpr std::size_t kEventsPerWait = 256;

}  // namespace

Server::Server(event_selector::Selector& selector, Listener listener,
               std::size_t max_buffer)
    : selector_(selector),
      acceptor_(selector, std::move(listener), kListenerToken),
      max_buffer_(max_buffer),
      mode_(selector.capabilities().modes.contains(event_selector::Mode::kEdge)
                ? event_selector::Mode::kEdge
                : event_selector::Mode::kOneshot) {}

absl::Status Server::Run(const StopSignal& stop_signal) {
  const absl::Status started = acceptor_.Start();
  if (!started.ok()) return started;

  std::vector<event_selector::Event> events(kEventsPerWait);
  while (!stop_signal.requested()) {
    // A signal that comes here is not missed: its `Wake` makes this wait return
    // at once.
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_.Wait(absl::MakeSpan(events), Timeout());
    if (!ready.ok()) return ready.status();
    acceptor_.WakeUp();
    for (const event_selector::Event& event : *ready) Note(event);
    ServeListed();
  }
  acceptor_.Stop();
  FinishAll();
  return absl::OkStatus();
}

absl::Duration Server::Timeout() const {
  // With work left over, only look for news.
  return listed_.empty() ? acceptor_.Timeout() : absl::ZeroDuration();
}

void Server::Note(const event_selector::Event& event) {
  if (event.token == kListenerToken) {
    AcceptSome();
    return;
  }
  // An event may have been on its way while its connection was closed. Then the
  // token finds nothing, even if a new client has the same descriptor by now.
  Connection* const connection = connections_.Find(event.token);
  if (connection == nullptr) return;
  connection->Note(event.readiness);
  List(event.token, *connection);
}

void Server::AcceptSome() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    Descriptor client = acceptor_.Accept();
    if (!client.valid()) return;
    AddConnection(std::move(client));
  }
}

void Server::AddConnection(Descriptor socket) {
  const event_selector::Handle handle = socket.get();
  const event_selector::Token token =
      connections_.Insert(Connection(std::move(socket), max_buffer_));
  // Registered once and, edge-triggered, never modified. In that mode being
  // writable is reported once now, and again only after the socket was full: it
  // costs nothing to be told of it.
  const absl::Status added =
      selector_.Add(handle, token, Connection::kInterest, mode_);
  if (!added.ok()) {
    std::cerr << added << "; a client is turned away" << std::endl;
    connections_.Erase(token);
    return;
  }
  ++counts_.connections;
}

void Server::ServeListed() {
  // Each has one turn; who needs more has it after the next look for events.
  std::vector<event_selector::Token> turn;
  turn.swap(listed_);
  for (const event_selector::Token token : turn) {
    Connection* const connection = connections_.Find(token);
    if (connection == nullptr) continue;
    connection->set_listed(false);
    switch (connection->Serve()) {
      case Connection::State::kWaiting:
        Rearm(connection->handle(), token, connection->awaited());
        break;
      case Connection::State::kMoreToDo:
        List(token, *connection);
        break;
      case Connection::State::kFinished:
        Close(token, *connection);
        break;
    }
  }
}

void Server::Rearm(event_selector::Handle handle, event_selector::Token token,
                   event_selector::Interest interest) {
  if (mode_ == event_selector::Mode::kEdge) return;
  // It is registered, so there is nothing to fail.
  selector_.Modify(handle, token, interest, mode_).IgnoreError();
}

void Server::List(event_selector::Token token, Connection& connection) {
  if (connection.listed()) return;
  connection.set_listed(true);
  listed_.push_back(token);
}

void Server::Close(event_selector::Token token, const Connection& connection) {
  counts_.bytes += connection.bytes_sent();
  // Before the descriptor is closed. It can fail only if it is done already.
  selector_.Remove(connection.handle()).IgnoreError();
  connections_.Erase(token);
  // There is a descriptor again for a client that waits.
  acceptor_.GoOn();
}

void Server::FinishAll() {
  // Clients may be sending at this moment: to close their sockets at once could
  // take away what was sent back to them.
  LingeringClose closing(selector_);
  for (const auto [token, connection] : connections_) {
    counts_.bytes += connection.bytes_sent() + connection.buffered();
    selector_.Remove(connection.handle()).IgnoreError();
    std::string rest = connection.TakeBuffer();
    closing.Add(connection.TakeSocket(), std::move(rest));
    connections_.Erase(token);
  }
  closing.Drain();
}

}  // namespace echo
}  // namespace examples
