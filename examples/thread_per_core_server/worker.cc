#include "examples/thread_per_core_server/worker.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"
#include "examples/common/descriptor.h"
#include "examples/common/stop_signal.h"
#include "examples/thread_per_core_server/connection.h"
#include "examples/thread_per_core_server/listeners.h"

namespace examples {
namespace thread_per_core {
namespace {

// A TokenMap never gives out this token.
constexpr event::Token kListenerToken(0);

constexpr std::size_t kEventsPerWait = 256;

// Without descriptors for more clients. They may become free where this thread
// does not see it.
constexpr std::chrono::seconds kPause(1);

}  // namespace

absl::StatusOr<std::unique_ptr<Worker>> Worker::Create(
    ListenerForThread listening) {
  // This is what the option is for: one thread waits and changes. The selector
  // holds us to it: a call of another thread, which would mean that something
  // is shared after all, is refused instead of being a race. And it may put
  // changes off until the next `Wait`, where some have come to nothing.
  event::SelectorOptions options;
  options.single_waiter = true;
  absl::StatusOr<std::unique_ptr<event::Selector>> selector =
      event::Selector::Create(options);
  if (!selector.ok()) return selector.status();
  auto worker =
      absl::WrapUnique(new Worker(*std::move(selector), std::move(listening)));
  // Here, not in `Run`: what fails is said before any thread runs. The thread
  // that owns the selector is that of the first `Wait`.
  const absl::Status started = worker->StartListening();
  if (!started.ok()) return started;
  return worker;
}

Worker::Worker(std::unique_ptr<event::Selector> selector,
               ListenerForThread listening)
    : selector_(std::move(selector)), listening_(std::move(listening)) {}

absl::Status Worker::Run(const StopSignal& stop) {
  std::array<event::Event, kEventsPerWait> events;
  while (!stop.requested()) {
    const absl::StatusOr<absl::Span<event::Event>> ready =
        selector_->Wait(absl::MakeSpan(events), Timeout());
    if (!ready.ok()) return ready.status();
    absl::Status handled;
    for (const event::Event& event : *ready) handled.Update(Handle(event));
    if (!is_listening_ && MayListenAgain()) handled.Update(StartListening());
    if (!handled.ok()) return handled;
  }
  return absl::OkStatus();
}

absl::Status Worker::StartListening() {
  is_listening_ = true;
  return selector_->Add(listening_.listener->handle(), kListenerToken,
                        event::Interest::kReadable, listening_.mode);
}

// Level-triggered, clients that wait and cannot be accepted would be reported
// by every `Wait`, and burn the processor. (Not by `Modify` to kNone: exclusive
// registrations cannot be modified.)
void Worker::StopListening(const absl::Status& reason) {
  is_listening_ = false;
  has_closed_one_ = false;
  listen_again_ = std::chrono::steady_clock::now() + kPause;
  // It is registered, so there is nothing to fail.
  selector_->Remove(listening_.listener->handle()).IgnoreError();
  if (has_warned_) return;
  has_warned_ = true;
  std::cerr << "with " << clients_.size()
            << " clients in this thread, the next have to wait: " << reason
            << std::endl;
}

bool Worker::MayListenAgain() const {
  return has_closed_one_ || std::chrono::steady_clock::now() >= listen_again_;
}

absl::Duration Worker::Timeout() const {
  if (is_listening_) return absl::InfiniteDuration();
  return absl::FromChrono(listen_again_ - std::chrono::steady_clock::now());
}

absl::Status Worker::Handle(const event::Event& event) {
  if (event.token == kListenerToken) return AcceptOne();
  Serve(event.token, event.readiness);
  return absl::OkStatus();
}

void Worker::Serve(event::Token token, event::Readiness readiness) {
  Client* const client = clients_.Find(token);
  if (client == nullptr) return;
  Connection& connection = client->connection;
  const std::uint64_t requests = connection.requests();
  const bool goes_on = connection.Serve(readiness);
  counts_.requests += connection.requests() - requests;
  if (!goes_on) {
    // Before the descriptor is closed. It can fail only if it is done already.
    selector_->Remove(connection.handle()).IgnoreError();
    clients_.Erase(token);
    has_closed_one_ = true;
  } else if (client->registered != connection.interest()) {
    // Seldom: only when a client does not keep up with its answers.
    client->registered = connection.interest();
    selector_->Modify(connection.handle(), token, client->registered)
        .IgnoreError();  // It is registered, so there is nothing to fail.
  }
}

// One client for each event, not all that wait: they are reported again by the
// next `Wait`, here, or to a neighbour that has less to do.
absl::Status Worker::AcceptOne() {
  absl::StatusOr<Descriptor> socket = listening_.listener->Accept();
  if (socket.ok()) {
    AddClient(*std::move(socket));
    return listening_.rotates ? Rotate() : absl::OkStatus();
  }
  if (!absl::IsUnavailable(socket.status())) StopListening(socket.status());
  return absl::OkStatus();  // Unavailable: a neighbour was faster.
}

// Linux keeps the threads that watch a socket in a queue, in the order of their
// registrations, and wakes the first that waits. So the first gets all clients
// that it has time for; unless whoever has got one goes to the end.
//
// No client is lost in between: one that comes then wakes a neighbour, and
// `Add` reports those who are there.
absl::Status Worker::Rotate() {
  const absl::Status removed = selector_->Remove(listening_.listener->handle());
  return removed.ok() ? StartListening() : removed;
}

void Worker::AddClient(Descriptor socket) {
  Connection connection(std::move(socket));
  const event::Handle handle = connection.handle();
  const event::Interest interest = connection.interest();
  const event::Token token =
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
