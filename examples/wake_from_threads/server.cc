#include "examples/wake_from_threads/server.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/mode.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/stop_signal.h"
#include "examples/wake_from_threads/connection.h"
#include "examples/wake_from_threads/worker_pool.h"

namespace examples {
namespace wake_from_threads {
namespace {

// A TokenMap never gives out a token as small as this.
constexpr event_selector::Token kListenerToken(0);

constexpr std::size_t kEventsPerWait = 256;

// So that a crowd of new clients does not keep the server from the old ones.
constexpr int kAcceptsPerTurn = 64;

}  // namespace

Server::Server(event_selector::Selector& selector, Listener listener,
               WorkerPool& pool)
    : selector_(selector),
      acceptor_(selector, std::move(listener), kListenerToken),
      closing_(selector),
      pool_(pool) {}

absl::Status Server::Run(const StopSignal& stop) {
  const absl::Status started = acceptor_.Start();
  if (!started.ok()) return started;
  std::array<event_selector::Event, kEventsPerWait> events;
  while (!stop.requested()) {
    // A result that comes here is not missed: the mailbox makes this wait
    // return at once.
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_.Wait(absl::MakeSpan(events),
                       std::min(acceptor_.Timeout(), closing_.Timeout()));
    if (!ready.ok()) return ready.status();
    acceptor_.WakeUp();
    for (const event_selector::Event& event : *ready) Handle(event);
    // A wake-up is no event, so nothing in `ready` tells of one: it may be
    // empty or full, either way there may be results.
    DeliverResults();
    if (closing_.CloseDue()) acceptor_.GoOn();
  }
  acceptor_.Stop();
  for (const auto [token, client] : clients_) Finish(token, client);
  closing_.Drain();
  return absl::OkStatus();
}

void Server::Handle(const event_selector::Event& event) {
  if (event.token == kListenerToken) {
    AcceptSome();
    return;
  }
  if (closing_.Handle(event)) return;
  Client* const client = clients_.Find(event.token);
  if (client == nullptr) return;
  if (client->connection.Transfer(event.readiness)) {
    Settle(event.token, *client);
  } else if (client->connection.is_too_long()) {
    Finish(event.token, *client);
  } else {
    Close(event.token);
  }
}

void Server::AcceptSome() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    Descriptor socket = acceptor_.Accept();
    if (!socket.valid()) return;
    AddClient(std::move(socket));
  }
}

void Server::AddClient(Descriptor socket) {
  const event_selector::Token token = clients_.Emplace(std::move(socket));
  Client& client = *clients_.Find(token);
  absl::StatusOr<event_selector::ScopedRegistration> added =
      event_selector::ScopedRegistration::Add(
          selector_, client.connection.handle(), token, client.registered);
  if (!added.ok()) {
    std::cerr << "a client is turned away: " << added.status() << std::endl;
    clients_.Erase(token);
    return;
  }
  client.registration = *std::move(added);
  ++counts_.connections;
}

void Server::DeliverResults() {
  pool_.TakeResults(results_);
  for (const Result& result : results_) {
    Client* const client = clients_.Find(result.client);
    if (client == nullptr) {
      // It has left. Another may have its descriptor and its place in the map
      // by now, but never its token.
      ++counts_.late;
      continue;
    }
    client->connection.EndJob(result.number, result.answer);
    ++counts_.answers;
    Settle(result.client, *client);
  }
}

// After something has changed: serves the lines that can be served, sends what
// can be sent, and says what the client waits for then.
void Server::Settle(event_selector::Token token, Client& client) {
  Connection& connection = client.connection;
  bool is_good = connection.Flush();
  while (is_good) {
    const std::optional<std::string> line = connection.NextLine();
    if (!line.has_value()) break;
    Serve(token, connection, *line);
    is_good = connection.Flush();
  }
  if (!is_good || connection.is_finished()) {
    Close(token);
  } else if (client.registered != connection.interest()) {
    client.registered = connection.interest();
    // It is registered, so there is nothing to fail.
    selector_
        .Modify(connection.handle(), token, client.registered,
                event_selector::Mode::kLevel)
        .IgnoreError();
  }
}

void Server::Serve(event_selector::Token token, Connection& connection,
                   const std::string& line) {
  if (line == "ping") {
    connection.Answer("pong");
  } else if (line == "status") {
    const WorkerPool::Load load = pool_.load();
    connection.Answer(absl::StrCat(clients_.size(), " clients, ", load.running,
                                   " running, ", load.waiting, " waiting"));
  } else {
    ++counts_.jobs;
    pool_.Submit({token, connection.BeginJob(), line});
  }
}

// The jobs of the client go on: their results will find nobody.
void Server::Close(event_selector::Token token) {
  clients_.Erase(token);
  acceptor_.GoOn();  // There is a descriptor again for a client that waits.
}

// It may be sending at this moment: its answers should arrive all the same.
void Server::Finish(event_selector::Token token, Client& client) {
  client.registration = {};
  std::string output = client.connection.TakeOutput();
  closing_.Add(client.connection.TakeSocket(), std::move(output));
  clients_.Erase(token);
}

}  // namespace wake_from_threads
}  // namespace examples
