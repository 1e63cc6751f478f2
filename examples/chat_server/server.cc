#include "examples/chat_server/server.h"

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"
#include "examples/chat_server/outbox.h"
#include "examples/chat_server/transcript.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/socket_calls.h"
#include "examples/common/stop_signal.h"

namespace examples {
namespace chat {
namespace {

// A TokenMap never gives out a token as small as this.
constexpr event_selector::Token kListenerToken(0);

// So that a crowd of new clients does not keep the server from the old ones.
constexpr int kAcceptsPerTurn = 64;

constexpr std::size_t kEventsPerWait = 256;

}  // namespace

Server::Server(event_selector::Selector& selector, Listener listener,
               const Limits& limits, Transcript* transcript)
    : selector_(selector),
      acceptor_(selector, std::move(listener), kListenerToken),
      closing_(selector),
      limits_(limits),
      transcript_(transcript) {}

absl::Status Server::Run(const StopSignal& stop_signal) {
  const absl::Status started = acceptor_.Start();
  if (!started.ok()) return started;

  std::vector<event_selector::Event> events(kEventsPerWait);
  while (!stop_signal.requested()) {
    // A signal that comes here is not missed: its `Wake` makes this wait return
    // at once.
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_.Wait(absl::MakeSpan(events),
                       std::min(acceptor_.Timeout(), closing_.Timeout()));
    if (!ready.ok()) return ready.status();
    acceptor_.WakeUp();
    for (const event_selector::Event& event : *ready) Handle(event);
    FlushAll();
    RemoveLeaving();
  }
  acceptor_.Stop();
  for (const auto [token, client] : clients_) Close(token, client);
  closing_.Drain();
  return absl::OkStatus();
}

void Server::Handle(const event_selector::Event& event) {
  if (event.token == kListenerToken) return AcceptSome();
  if (closing_.Handle(event)) return;
  Client* const client = clients_.Find(event.token);
  if (client == nullptr || client->leaving) return;
  const bool is_broken =
      event.readiness.error() && !SurvivesError(client->socket.get());
  // After a hang-up or an error nothing can be sent, and a chat needs both.
  // But first, what was said before has to be received; that ends with an error
  // or the end of the stream.
  if (event.readiness.readable() || event.readiness.hangup() || is_broken) {
    Receive(event.token, *client);
  }
  if (is_broken) Leave(event.token, *client);
  if (event.readiness.writable()) Flush(event.token, *client);
}

void Server::AcceptSome() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    Descriptor socket = acceptor_.Accept();
    if (!socket.valid()) return;
    Enter(std::move(socket));
  }
}

void Server::Enter(Descriptor socket) {
  const std::uint64_t number = ++counts_.clients;
  const event_selector::Token token =
      clients_.Emplace(std::move(socket), number, limits_);
  Client& client = *clients_.Find(token);
  absl::StatusOr<event_selector::ScopedRegistration> added =
      event_selector::ScopedRegistration::Add(selector_, client.socket.get(),
                                              token, client.interest);
  if (!added.ok()) {
    std::cerr << added.status() << "; a client is turned away" << std::endl;
    clients_.Erase(token);
    return;
  }
  client.registration = *std::move(added);
  Enqueue(token, client,
          std::make_shared<const std::string>(
              absl::StrCat("you are ", number, " of ", clients_.size(), "\n")));
}

void Server::Receive(event_selector::Token token, Client& client) {
  char received[4096];
  const std::ptrdiff_t size =
      examples::Receive(client.socket.get(), received, sizeof(received));
  if (size == kWouldBlock) return;
  if (size > 0) {
    const absl::string_view bytes(received, static_cast<std::size_t>(size));
    for (const std::string& line : client.lines.Add(bytes)) {
      Say(token, client, line);
    }
    return;
  }
  // Who will say no more has left. The last words need no end.
  const std::string rest = client.lines.TakeRest();
  if (!rest.empty()) Say(token, client, rest);
  Leave(token, client);
}

void Server::Say(event_selector::Token from, const Client& speaker,
                 const std::string& line) {
  ++counts_.lines;
  const auto message = std::make_shared<const std::string>(
      absl::StrCat(speaker.number, ": ", line, "\n"));
  for (const auto [token, client] : clients_) {
    if (token != from) Enqueue(token, client, message);
  }
  if (transcript_ != nullptr) transcript_->Add(message);
}

void Server::Enqueue(event_selector::Token token, Client& client,
                     const Message& message) {
  if (client.leaving) return;
  if (!client.outbox.Add(message)) {
    // It may be slow, or only so much was said since the last wait. Sending
    // tells which.
    if (!client.outbox.Send(client.socket.get())) return Leave(token, client);
    if (!client.outbox.Add(message)) {
      ++counts_.too_slow;
      client.too_slow = true;
      return Leave(token, client);
    }
  }
  if (client.to_flush) return;
  client.to_flush = true;
  to_flush_.push_back(token);
}

void Server::Leave(event_selector::Token token, Client& client) {
  if (client.leaving) return;
  client.leaving = true;
  leaving_.push_back(token);
}

void Server::FlushAll() {
  for (const event_selector::Token token : to_flush_) {
    Client& client = *clients_.Find(token);
    client.to_flush = false;
    Flush(token, client);
  }
  to_flush_.clear();
}

void Server::Flush(event_selector::Token token, Client& client) {
  if (client.leaving) return;
  if (!client.outbox.Send(client.socket.get())) return Leave(token, client);
  event_selector::Interest interest = event_selector::Interest::kReadable;
  if (!client.outbox.empty()) interest |= event_selector::Interest::kWritable;
  // Mostly all could be sent, and nothing has changed.
  if (interest == client.interest) return;
  // It is registered, so there is nothing to fail.
  selector_
      .Modify(client.socket.get(), token, interest,
              event_selector::Mode::kLevel)
      .IgnoreError();
  client.interest = interest;
}

void Server::RemoveLeaving() {
  for (const event_selector::Token token : leaving_) {
    Close(token, *clients_.Find(token));
  }
  leaving_.clear();
  // There are descriptors again for clients that wait.
  if (closing_.CloseDue()) acceptor_.GoOn();
}

// Who speaks at this moment still hears what was said before. Who is too slow
// does not get what waits here: that would take as long again.
void Server::Close(event_selector::Token token, Client& client) {
  client.registration = {};
  closing_.Add(std::move(client.socket),
               client.too_slow ? "" : client.outbox.TakeRest());
  clients_.Erase(token);
}

}  // namespace chat
}  // namespace examples
