#include "server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client.h"
#include "descriptor.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "event/timer_id.h"
#include "event/token.h"
#include "resp.h"
#include "snapshot_writer.h"
#include "socket_calls.h"

namespace key_value_server {
namespace {

using event_selector::Event;
using event_selector::Interest;
using event_selector::Mode;
using event_selector::ScopedRegistration;
using event_selector::Token;
using std::chrono::nanoseconds;

// A TokenMap never gives out a token as small as this.
constexpr Token kListenerToken(0);

constexpr std::size_t kEventsPerWait = 256;
// So that a crowd of new clients does not keep the server from the old ones.
constexpr int kAcceptsPerTurn = 64;
// What one event reads: then it is the others' turn.
constexpr std::size_t kBytesPerTurn = 16 * 1024;
// What a client without a request keeps for the next one.
constexpr std::size_t kBytesKept = 64 * 1024;
// How long a listener is parked.
constexpr std::chrono::seconds kPark(1);

constexpr nanoseconds kNever = nanoseconds::max();

}  // namespace

Server::Server(event_selector::Selector& selector, Descriptor listener,
               const ServerOptions& options)
    : selector_(selector),
      listener_(std::move(listener)),
      options_(options),
      writer_(selector, options.snapshot_path),
      commands_(store_, subscriptions_, writer_,
                [this](Token token, absl::string_view reply) {
                  Deliver(token, reply);
                }) {}

absl::Status Server::Run(event_selector::SignalSet& signals) {
  absl::StatusOr<ScopedRegistration> listening = ScopedRegistration::Add(
      selector_, listener_.get(), kListenerToken, Interest::kReadable);
  if (!listening.ok()) return listening.status();
  listening_ = *std::move(listening);
  now_ = Now();
  std::array<Event, kEventsPerWait> events;
  while (!is_over_) {
    const absl::StatusOr<absl::Span<Event>> ready =
        selector_.Wait(absl::MakeSpan(events), Timeout());
    if (!ready.ok()) return ready.status();
    now_ = Now();
    // First, so that nobody is given what is gone.
    store_.RemoveExpired(now_);
    if (is_parked_ && now_ >= resume_) Resume();
    for (const Event& event : *ready) Handle(event);
    CloseDue();
    TakeResults();
    TakeSignals(signals);
    SettleListed();
    if (is_draining_ && clients_.empty()) is_over_ = true;
  }
  return absl::OkStatus();
}

absl::Duration Server::Timeout() {
  const absl::Duration resume =
      is_parked_ ? absl::FromChrono(resume_ - now_) : absl::InfiniteDuration();
  return std::min(
      {timers_.UntilNext(now_), store_.UntilNextExpiry(now_), resume});
}

void Server::Handle(const Event& event) {
  if (event.token == kListenerToken) return AcceptSome();
  // An event may have been on its way while its client was closed. Then the
  // token finds nothing, even if a new client has the same descriptor by now.
  Client* const client = clients_.Find(event.token);
  if (client == nullptr) return;
  // Half-closed clients are not hung up: they still want their replies.
  const bool is_gone =
      (event.readiness.error() && !SurvivesError(client->socket.get())) ||
      (event.readiness.hangup() && client->phase == Client::Phase::kServing);
  if (is_gone) {
    client->phase = Client::Phase::kClosed;
  } else if (event.readiness.readable() || event.readiness.hangup()) {
    ReadSome(event.token, *client);
  }
  List(event.token, *client);
}

// A signal has made the wait return, or comes with the next one.
void Server::TakeSignals(event_selector::SignalSet& signals) {
  const event_selector::Signals came = signals.Take();
  if (!came.contains(SIGINT) && !came.contains(SIGTERM)) return;
  if (is_draining_) {
    is_over_ = true;
  } else {
    Drain();
  }
}

void Server::TakeResults() {
  for (const SnapshotWriter::Result& result : writer_.TakeResults()) {
    if (result.status.ok()) {
      ++counts_.snapshots;
      std::cout << "saved " << result.keys << " keys" << std::endl;
    } else {
      std::cerr << result.status << std::endl;
    }
  }
}

void Server::CloseDue() {
  while (const std::optional<Token> token = timers_.PopDue(now_)) {
    Client& client = *clients_.Find(*token);
    if (client.phase == Client::Phase::kServing) {
      ++counts_.idle;
      BeginEnd(*token, client);
    } else {
      client.phase = Client::Phase::kClosed;
      List(*token, client);
    }
  }
}

// ---- Accepting

void Server::AcceptSome() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const AcceptResult accepted = Accept(listener_.get());
    switch (accepted.error) {
      case AcceptError::kNone:
        AddClient(Descriptor(accepted.client));
        break;
      case AcceptError::kNoClient:
        return;
      case AcceptError::kOutOfResources:
      case AcceptError::kOther:
        return Park();
    }
  }
}

void Server::AddClient(Descriptor socket) {
  const event_selector::Handle handle = socket.get();
  const Token token = clients_.Emplace(std::move(socket));
  Client& client = *clients_.Find(token);
  absl::StatusOr<ScopedRegistration> added =
      ScopedRegistration::Add(selector_, handle, token, client.interest);
  if (!added.ok()) {
    std::cerr << "a client is turned away: " << added.status() << std::endl;
    clients_.Erase(token);
    return;
  }
  client.registration = *std::move(added);
  SetTimer(token, client);
  if (client.phase == Client::Phase::kClosed) List(token, client);
  ++counts_.connections;
}

// A client that cannot be accepted stays in the queue, and the listener stays
// readable: the loop would spin. It goes on when a client has left, and tries
// once a second.
void Server::Park() {
  is_parked_ = true;
  resume_ = now_ + kPark;
  // It is registered, so there is nothing to fail.
  selector_
      .Modify(listener_.get(), kListenerToken, Interest::kNone, Mode::kLevel)
      .IgnoreError();
}

void Server::Resume() {
  if (!is_parked_) return;
  is_parked_ = false;
  selector_
      .Modify(listener_.get(), kListenerToken, Interest::kReadable,
              Mode::kLevel)
      .IgnoreError();
}

// ---- Serving

void Server::ReadSome(Token token, Client& client) {
  char buffer[kBytesPerTurn];
  const std::ptrdiff_t size =
      Receive(client.socket.get(), buffer, sizeof(buffer));
  if (size == kWouldBlock) return;  // The event was of no use.
  if (size < 0) {
    client.phase = Client::Phase::kClosed;
  } else if (size == 0) {
    client.peer_has_finished = true;
  } else {
    if (client.phase == Client::Phase::kServing) {
      Serve(token, client,
            absl::string_view(buffer, static_cast<std::size_t>(size)));
    }
    SetTimer(token, client);
  }
}

void Server::Serve(Token token, Client& client, absl::string_view received) {
  // Mostly requests come whole, and nothing is copied.
  if (client.input.empty()) {
    received.remove_prefix(ServeAll(token, client, received));
    client.input.assign(received.data(), received.size());
  } else {
    client.input.append(received.data(), received.size());
    client.input.erase(0, ServeAll(token, client, client.input));
  }
  // The memory of a long request goes when it is served.
  if (client.input.empty() && client.input.capacity() > kBytesKept) {
    client.input = std::string();
  }
}

// Returns how much of `input` is done with.
std::size_t Server::ServeAll(Token token, Client& client,
                             absl::string_view input) {
  std::size_t done = 0;
  while (done < input.size() && client.phase == Client::Phase::kServing) {
    if (client.output.size() >= options_.max_output) {
      client.is_stalled = true;
      return done;
    }
    const absl::string_view rest = input.substr(done);
    ParsedRequest request =
        ParseRequest(rest, options_.request_limits, arguments_);
    if (request.state == ParsedRequest::State::kIncomplete) {
      if (rest.size() <= options_.max_request) return done;
      request = {ParsedRequest::State::kBad, 0, "too big request"};
    }
    if (request.state == ParsedRequest::State::kBad) {
      AppendError(absl::StrCat("ERR Protocol error: ", request.error),
                  client.output.end());
      BeginEnd(token, client);
      break;
    }
    done += request.size;
    if (arguments_.empty()) continue;
    ++counts_.requests;
    if (!commands_.Execute(arguments_, token, now_, client.output.end())) {
      BeginEnd(token, client);
    }
  }
  return client.phase == Client::Phase::kServing ? done : input.size();
}

void Server::Deliver(Token token, absl::string_view reply) {
  Client* const client = clients_.Find(token);
  if (client == nullptr || client->phase != Client::Phase::kServing) return;
  client->output.end().append(reply.data(), reply.size());
  List(token, *client);
  if (client->output.size() <= options_.max_backlog) return;
  // It may be slow, or only so much was published in this round: sending tells.
  Flush(*client);
  if (client->phase == Client::Phase::kServing &&
      client->output.size() > options_.max_backlog) {
    ++counts_.too_slow;
    client->phase = Client::Phase::kClosed;
  }
}

// ---- The end of a round

void Server::List(Token token, Client& client) {
  if (client.is_listed) return;
  client.is_listed = true;
  listed_.push_back(token);
}

void Server::SettleListed() {
  // It grows: what one client has waiting may be published to others.
  for (std::size_t i = 0; i < listed_.size(); ++i) {
    const Token token = listed_[i];
    Client* const client = clients_.Find(token);
    // A client whose last request was served by `Settle` may stand in the list
    // twice, and be gone the second time.
    if (client == nullptr) continue;
    client->is_listed = false;
    Settle(token, *client);
    if (client->phase != Client::Phase::kClosed) continue;
    subscriptions_.UnsubscribeAll(token);
    timers_.Cancel(client->timer);
    clients_.Erase(token);
    Resume();  // There is a descriptor again.
  }
  listed_.clear();
}

// Sends what can be sent, goes on with what has waited for that, and says what
// the client waits for then.
void Server::Settle(Token token, Client& client) {
  using Phase = Client::Phase;
  Flush(client);
  while (client.phase == Phase::kServing && client.is_stalled &&
         client.output.size() < options_.max_output) {
    client.is_stalled = false;
    Serve(token, client, "");
    SetTimer(token, client);  // It may be a subscriber now.
    Flush(client);
  }
  const bool is_done = client.output.empty() && !client.is_stalled;
  if (client.phase == Phase::kEnding && is_done && !client.has_finished) {
    FinishSending(client.socket.get());
    client.has_finished = true;
    SetTimer(token, client);  // There is nothing more to wait for but the peer.
  }
  if (is_done && client.peer_has_finished) client.phase = Phase::kClosed;
  if (client.phase == Phase::kClosed) return;
  const Interest wanted = client.WantedInterest(options_.max_output);
  if (wanted == client.interest) return;
  client.interest = wanted;
  // It is registered, so there is nothing to fail.
  selector_.Modify(client.socket.get(), token, wanted, Mode::kLevel)
      .IgnoreError();
}

// Once: if not all could be sent, the next event tells when there is room.
void Server::Flush(Client& client) {
  if (client.output.empty() || client.phase == Client::Phase::kClosed) return;
  const absl::string_view data = client.output.data();
  const std::ptrdiff_t sent =
      Send(client.socket.get(), data.data(), data.size());
  if (sent == kBroken) {
    client.phase = Client::Phase::kClosed;
  } else if (sent > 0) {
    client.output.Remove(static_cast<std::size_t>(sent));
    client.output.FreeIfEmpty();
  }
}

// ---- The end of connections

// Not by close(): with unread input, or with input that comes after it, that
// resets the connection, and the client may lose its last replies.
void Server::BeginEnd(Token token, Client& client) {
  if (client.phase != Client::Phase::kServing) return;
  client.phase = Client::Phase::kEnding;
  client.is_stalled = false;
  client.give_up = now_ + options_.end_total;
  SetTimer(token, client);
  List(token, client);
}

void Server::Drain() {
  is_draining_ = true;
  is_parked_ = false;
  listening_ = {};
  for (const auto [token, client] : clients_) BeginEnd(token, client);
}

void Server::SetTimer(Token token, Client& client) {
  nanoseconds deadline = kNever;
  if (client.phase == Client::Phase::kEnding) {
    // A peer that is silent has nothing to be reset for.
    deadline = client.output.empty()
                   ? std::min(client.give_up, now_ + options_.end_quiet)
                   : client.give_up;
  } else if (options_.idle_timeout > nanoseconds(0) &&
             !subscriptions_.IsSubscriber(token)) {
    deadline = now_ + options_.idle_timeout;
  }
  if (timers_.Postpone(client.timer, deadline)) return;
  const absl::StatusOr<event_selector::TimerId> timer =
      timers_.Add(deadline, token);
  if (timer.ok()) {
    client.timer = *timer;
  } else {
    client.phase = Client::Phase::kClosed;  // There is no memory for it.
  }
}

}  // namespace key_value_server
