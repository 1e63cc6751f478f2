#include "examples/thread_per_core_server/worker.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/stop_signal.h"
#include "examples/thread_per_core_server/connection.h"
#include "examples/thread_per_core_server/listeners.h"

namespace examples {
namespace thread_per_core {
namespace {

// A TokenMap never gives out a token as small as this.
constexpr event_selector::Token kListenerToken(0);

constexpr std::size_t kEventsPerWait = 256;

}  // namespace

absl::StatusOr<std::unique_ptr<Worker>> Worker::Create(
    const ListenerForThread& listening) {
  // Without SelectorOptions::single_waiter: level-triggered registrations that
  // are seldom modified gain nothing by it.
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  auto worker = absl::WrapUnique(new Worker(*std::move(selector), listening));
  // Here, not in `Run`: what fails is said before any thread runs.
  const absl::Status started = worker->acceptor_.Start();
  if (!started.ok()) return started;
  return worker;
}

Worker::Worker(std::unique_ptr<event_selector::Selector> selector,
               const ListenerForThread& listening)
    : selector_(std::move(selector)),
      acceptor_(*selector_, listening.listener, kListenerToken, listening.mode),
      closing_(*selector_),
      rotates_(listening.rotates) {}

absl::Status Worker::Run(const StopSignal& stop) {
  std::array<event_selector::Event, kEventsPerWait> events;
  while (!stop.requested()) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_->Wait(absl::MakeSpan(events),
                        std::min(acceptor_.Timeout(), closing_.Timeout()));
    if (!ready.ok()) return ready.status();
    acceptor_.WakeUp();
    for (const event_selector::Event& event : *ready) {
      const absl::Status handled = Handle(event);
      if (!handled.ok()) return handled;
    }
    if (closing_.CloseDue()) acceptor_.GoOn();
  }
  acceptor_.Stop();
  for (const auto [token, client] : clients_) Finish(token, client);
  closing_.Drain();
  return absl::OkStatus();
}

absl::Status Worker::Handle(const event_selector::Event& event) {
  if (event.token == kListenerToken) return AcceptOne();
  if (closing_.Handle(event)) return absl::OkStatus();
  Serve(event.token, event.readiness);
  return absl::OkStatus();
}

void Worker::Serve(event_selector::Token token,
                   event_selector::Readiness readiness) {
  Client* const client = clients_.Find(token);
  if (client == nullptr) return;
  Connection& connection = client->connection;
  const std::uint64_t requests = connection.requests();
  const Connection::State state = connection.Serve(readiness);
  counts_.requests += connection.requests() - requests;
  if (state == Connection::State::kLast) {
    Finish(token, *client);
  } else if (state == Connection::State::kBroken) {
    // Before the descriptor is closed. It can fail only if it is done already.
    selector_->Remove(connection.handle()).IgnoreError();
    clients_.Erase(token);
    acceptor_.GoOn();  // There is a descriptor again for a client that waits.
  } else if (client->registered != connection.interest()) {
    // Seldom: only when a client does not keep up with its answers.
    client->registered = connection.interest();
    selector_
        ->Modify(connection.handle(), token, client->registered,
                 event_selector::Mode::kLevel)
        .IgnoreError();  // It is registered, so there is nothing to fail.
  }
}

void Worker::Finish(event_selector::Token token, Client& client) {
  Connection& connection = client.connection;
  selector_->Remove(connection.handle()).IgnoreError();
  std::string output = connection.TakeOutput();
  closing_.Add(connection.TakeSocket(), std::move(output));
  clients_.Erase(token);
}

// One client for each event, not all that wait: they are reported again by the
// next `Wait`, here, or to a neighbour that has less to do.
absl::Status Worker::AcceptOne() {
  Descriptor socket = acceptor_.Accept();
  if (!socket.valid()) return absl::OkStatus();  // Somebody was faster.
  AddClient(std::move(socket));
  if (!rotates_) return absl::OkStatus();
  // Linux keeps the threads that watch a socket in a queue, in the order of
  // their registrations, and wakes the first that waits. So the first gets all
  // clients that it has time for, unless whoever has got one goes to the end.
  //
  // No client is lost in between: one that comes then wakes a neighbour, and
  // the new registration reports those who are there.
  acceptor_.Stop();
  return acceptor_.Start();
}

void Worker::AddClient(Descriptor socket) {
  Connection connection(std::move(socket));
  const event_selector::Handle handle = connection.handle();
  const event_selector::Interest interest = connection.interest();
  const event_selector::Token token =
      clients_.Insert(Client{std::move(connection), interest});
  const absl::Status added = selector_->Add(handle, token, interest);
  if (!added.ok()) {
    std::cerr << "a client is turned away: " << added << std::endl;
    clients_.Erase(token);
    return;
  }
  ++counts_.connections;
}

}  // namespace thread_per_core
}  // namespace examples
