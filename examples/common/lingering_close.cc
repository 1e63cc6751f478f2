#include "examples/common/lingering_close.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/scoped_registration.h"
#include "event/timer_id.h"
#include "event/token.h"
#include "examples/common/clock.h"
#include "examples/common/descriptor.h"
#include "examples/common/output_queue.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace {

// Tokens from kFirstToken up to 2^32, then the first again.
constexpr std::uint64_t kTokens = std::uint64_t{1} << 31;

constexpr std::size_t kEventsPerWait = 64;

}  // namespace

void LingeringClose::Add(Descriptor socket, absl::string_view unsent) {
  const std::uint64_t token = next_token_;
  next_token_ = kFirstToken + (token + 1 - kFirstToken) % kTokens;
  Connection& connection = connections_[token];
  connection.socket = std::move(socket);
  connection.unsent.Append(unsent);
  connection.interest = event_selector::Interest::kReadable;
  connection.give_up = Now() + limits_.total;
  absl::StatusOr<event_selector::TimerId> timer =
      timers_.Add(connection.give_up, token);
  absl::StatusOr<event_selector::ScopedRegistration> added =
      event_selector::ScopedRegistration::Add(
          selector_, connection.socket.get(), event_selector::Token(token),
          connection.interest);
  // Without memory to wait with, it is closed as it is.
  if (!timer.ok() || !added.ok()) return Close(token);
  connection.timer = *timer;
  connection.registration = *std::move(added);
  if (!SendSome(connection) || !Settle(token, connection)) Close(token);
}

bool LingeringClose::Handle(const event_selector::Event& event) {
  const std::uint64_t token = event.token.value();
  if (token < kFirstToken || token >= kFirstToken + kTokens) return false;
  const auto found = connections_.find(token);
  // It was closed meanwhile.
  if (found == connections_.end()) return true;
  Connection& connection = found->second;
  const event_selector::Readiness readiness = event.readiness;
  bool goes_on = !readiness.error() || SurvivesError(connection.socket.get());
  // A hang-up is reported whatever is asked for; then reading does not block.
  if (goes_on && (readiness.readable() || readiness.hangup())) {
    goes_on = ReceiveSome(connection) && !readiness.hangup();
  }
  if (goes_on && readiness.writable()) goes_on = SendSome(connection);
  if (!goes_on || !Settle(token, connection)) Close(token);
  return true;
}

absl::Duration LingeringClose::Timeout() { return timers_.UntilNext(Now()); }

bool LingeringClose::CloseDue() {
  const std::chrono::nanoseconds now = Now();
  while (const std::optional<std::uint64_t> token = timers_.PopDue(now)) {
    connections_.erase(*token);
    has_closed_ = true;
  }
  return std::exchange(has_closed_, false);
}

void LingeringClose::Drain() {
  std::vector<event_selector::Event> events(kEventsPerWait);
  while (!connections_.empty()) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_.Wait(absl::MakeSpan(events), Timeout());
    if (!ready.ok()) break;
    for (const event_selector::Event& event : *ready) Handle(event);
    CloseDue();
  }
  while (!connections_.empty()) Close(connections_.begin()->first);
}

bool LingeringClose::SendSome(Connection& connection) {
  OutputQueue& unsent = connection.unsent;
  while (!unsent.empty()) {
    const std::ptrdiff_t sent =
        Send(connection.socket.get(), unsent.data().data(), unsent.size());
    if (sent == kWouldBlock) return true;
    if (sent < 0) return false;
    unsent.Remove(static_cast<std::size_t>(sent));
  }
  FinishSending(connection.socket.get());
  // With both streams at their end, nothing can come any more.
  return !connection.peer_has_finished;
}

bool LingeringClose::ReceiveSome(Connection& connection) {
  char thrown_away[16 * 1024];
  // Once: what is left is reported again, after the others had their turn.
  const std::ptrdiff_t received =
      Receive(connection.socket.get(), thrown_away, sizeof(thrown_away));
  if (received > 0 || received == kWouldBlock) return true;
  connection.peer_has_finished = true;
  return received == 0 && !connection.unsent.empty();
}

bool LingeringClose::Settle(std::uint64_t token, Connection& connection) {
  event_selector::Interest interest;
  // An end that is read already would be reported by every wait.
  if (!connection.peer_has_finished) {
    interest |= event_selector::Interest::kReadable;
  }
  std::chrono::nanoseconds deadline = connection.give_up;
  if (!connection.unsent.empty()) {
    interest |= event_selector::Interest::kWritable;
  } else {
    deadline = std::min(deadline, Now() + limits_.quiet);
  }
  timers_.Postpone(connection.timer, deadline);
  if (interest == connection.interest) return true;
  connection.interest = interest;
  return selector_
      .Modify(connection.socket.get(), event_selector::Token(token), interest,
              event_selector::Mode::kLevel)
      .ok();
}

void LingeringClose::Close(std::uint64_t token) {
  const auto found = connections_.find(token);
  timers_.Cancel(found->second.timer);
  connections_.erase(found);
  has_closed_ = true;
}

}  // namespace examples
