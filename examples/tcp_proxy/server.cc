#include "examples/tcp_proxy/server.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/timer_id.h"
#include "event/token.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/stop_signal.h"
#include "examples/tcp_proxy/target.h"
#include "examples/tcp_proxy/tunnel.h"

namespace examples {
namespace proxy {
namespace {

// A TokenMap never gives out a token as small as this.
constexpr event_selector::Token kListenerToken(0);

// So that a crowd of new clients does not keep the server from the old ones.
constexpr int kAcceptsPerTurn = 64;

constexpr std::size_t kEventsPerWait = 256;

constexpr Side kSides[] = {Side::kClient, Side::kTarget};

}  // namespace

struct Server::Connection {
  struct Registration {
    event_selector::Token token;  // Token(0): not registered.
    event_selector::Interest interest;
  };

  Connection(Descriptor client, std::size_t max_buffer)
      : tunnel(std::move(client), max_buffer) {}

  Registration& registration(Side side) {
    return side == Side::kClient ? of_client : of_target;
  }

  Tunnel tunnel;
  std::size_t address = 0;  // Of the target: the one that is tried.
  event_selector::TimerId idle;
  Registration of_client;
  Registration of_target;
};

Server::Server(event_selector::Selector& selector, Listener listener,
               Target target, const Limits& limits)
    : selector_(selector),
      acceptor_(selector, std::move(listener), kListenerToken),
      closing_(selector),
      target_(std::move(target)),
      limits_(limits) {}

Server::~Server() = default;

absl::Status Server::Run(const StopSignal& stop_signal) {
  const absl::Status started = acceptor_.Start();
  if (!started.ok()) return started;

  std::vector<event_selector::Event> events(kEventsPerWait);
  while (!stop_signal.requested()) {
    // A signal that comes here is not missed: its `Wake` makes this wait return
    // at once.
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_.Wait(absl::MakeSpan(events),
                       std::min({acceptor_.Timeout(), closing_.Timeout(),
                                 idle_timers_.UntilNext(now_)}));
    if (!ready.ok()) return ready.status();
    ReadClock();
    acceptor_.WakeUp();
    for (const event_selector::Event& event : *ready) Handle(event);
    CloseIdle();
    if (closing_.CloseDue()) acceptor_.GoOn();
  }
  acceptor_.Stop();
  FinishAll();
  return absl::OkStatus();
}

void Server::ReadClock() {
  now_ = absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

void Server::Handle(const event_selector::Event& event) {
  if (event.token == kListenerToken) return AcceptSome();
  if (closing_.Handle(event)) return;
  // An earlier event of the same wait may have closed the connection. Then the
  // token finds nothing, even if a new client has the same descriptor by now.
  const End* const end = ends_.Find(event.token);
  if (end == nullptr) return;
  Connection& connection = *end->connection;
  idle_timers_.Postpone(connection.idle, now_ + limits_.idle_timeout);
  switch (connection.tunnel.Serve(end->side, event.readiness)) {
    case Tunnel::State::kOpen:
      Update(connection);
      break;
    case Tunnel::State::kRefused:
      Unregister(connection, Side::kTarget);
      if (Connect(connection, Descriptor())) break;
      ++counts_.refused;
      TurnAway(connection);
      break;
    case Tunnel::State::kBroken:
      connection.tunnel.Reset();
      Close(connection);
      break;
    case Tunnel::State::kFinished:
      Close(connection);
      break;
  }
}

void Server::AcceptSome() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    if (!next_target_.valid()) {
      absl::StatusOr<Descriptor> socket = target_.MakeSocket(0);
      if (!socket.ok()) return acceptor_.Rest(socket.status());
      next_target_ = *std::move(socket);
    }
    Descriptor client = acceptor_.Accept();
    if (!client.valid()) return;
    Open(std::move(client), std::exchange(next_target_, Descriptor()));
  }
}

void Server::Open(Descriptor client, Descriptor target) {
  ++counts_.connections;
  auto owned =
      std::make_unique<Connection>(std::move(client), limits_.max_buffer);
  Connection& connection = *owned;
  connections_.insert(std::move(owned));
  const absl::StatusOr<event_selector::TimerId> idle =
      idle_timers_.Add(now_ + limits_.idle_timeout, &connection);
  if (idle.ok()) connection.idle = *idle;
  const absl::Status registered =
      idle.ok() ? Register(connection, Side::kClient) : idle.status();
  if (registered.ok() && Connect(connection, std::move(target))) return;
  if (registered.ok()) {
    ++counts_.refused;
  } else {
    std::cerr << registered << "; a client is turned away" << std::endl;
  }
  TurnAway(connection);
}

bool Server::Connect(Connection& connection, Descriptor socket) {
  while (true) {
    if (socket.valid() &&
        target_.StartConnect(socket.get(), connection.address)) {
      connection.tunnel.Connecting(std::move(socket));
      return Register(connection, Side::kTarget).ok();
    }
    // First, so that its descriptor is there for the next.
    socket = Descriptor();
    connection.tunnel.Connecting(Descriptor());
    if (++connection.address >= target_.addresses()) return false;
    absl::StatusOr<Descriptor> next = target_.MakeSocket(connection.address);
    if (next.ok()) socket = *std::move(next);
  }
}

absl::Status Server::Register(Connection& connection, Side side) {
  const event_selector::Token token = ends_.Insert({&connection, side});
  const event_selector::Interest interest = connection.tunnel.interest(side);
  const absl::Status added =
      selector_.Add(connection.tunnel.handle(side), token, interest);
  if (added.ok()) {
    connection.registration(side) = {token, interest};
  } else {
    ends_.Erase(token);
  }
  return added;
}

void Server::Update(Connection& connection) {
  for (const Side side : kSides) {
    Connection::Registration& registration = connection.registration(side);
    const event_selector::Interest interest = connection.tunnel.interest(side);
    // Mostly nothing has changed, and nothing costs nothing.
    if (interest == registration.interest) continue;
    // It is registered, so there is nothing to fail.
    selector_
        .Modify(connection.tunnel.handle(side), registration.token, interest,
                event_selector::Mode::kLevel)
        .IgnoreError();
    registration.interest = interest;
  }
}

void Server::Unregister(Connection& connection, Side side) {
  Connection::Registration& registration = connection.registration(side);
  // It was never registered, or not any more.
  if (!ends_.Erase(registration.token)) return;
  selector_.Remove(connection.tunnel.handle(side)).IgnoreError();
  registration = {};
}

void Server::UnregisterBoth(Connection& connection) {
  for (const Side side : kSides) Unregister(connection, side);
}

void Server::TurnAway(Connection& connection) {
  UnregisterBoth(connection);
  connection.tunnel.TurnAway(closing_);
  Close(connection);
}

void Server::Close(Connection& connection) {
  counts_.bytes += connection.tunnel.bytes();
  idle_timers_.Cancel(connection.idle);
  // Before the descriptors are closed.
  UnregisterBoth(connection);
  connections_.erase(&connection);
  // There are descriptors again for a client that waits.
  acceptor_.GoOn();
}

void Server::CloseIdle() {
  while (const std::optional<Connection*> idle = idle_timers_.PopDue(now_)) {
    ++counts_.idle;
    Connection& connection = **idle;
    UnregisterBoth(connection);
    connection.tunnel.Finish(closing_);
    Close(connection);
  }
}

void Server::FinishAll() {
  while (!connections_.empty()) {
    Connection& connection = **connections_.begin();
    UnregisterBoth(connection);
    connection.tunnel.Finish(closing_);
    Close(connection);
  }
  closing_.Drain();
}

}  // namespace proxy
}  // namespace examples
