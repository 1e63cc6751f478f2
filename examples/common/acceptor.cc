#include "examples/common/acceptor.h"

#include <iostream>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "event/interest.h"
#include "examples/common/descriptor.h"

namespace examples {

absl::Status Acceptor::Start() {
  const absl::Status added = selector_.Add(
      listener_.handle(), token_, event_selector::Interest::kReadable, mode_);
  registered_ = added.ok();
  return added;
}

void Acceptor::Stop() {
  wake_up_ = absl::InfiniteFuture();
  if (!registered_) return;
  // It is registered, so there is nothing to fail.
  selector_.Remove(listener_.handle()).IgnoreError();
  registered_ = false;
}

Descriptor Acceptor::Accept() {
  absl::StatusOr<Descriptor> client = listener_.Accept();
  if (client.ok()) return *std::move(client);
  if (!absl::IsUnavailable(client.status())) Rest(client.status());
  return Descriptor();
}

void Acceptor::Rest(const absl::Status& reason) {
  if (!registered_) return;
  if (!warned_) {
    std::cerr << reason << "; the next clients have to wait" << std::endl;
    warned_ = true;
  }
  // Not an interest of none, which would do here: a listener with kExclusive
  // cannot be modified.
  Stop();
  wake_up_ = absl::Now() + absl::Seconds(1);
}

void Acceptor::GoOn() {
  if (wake_up_ == absl::InfiniteFuture()) return;
  // Should the system have no memory for the registration, the next second may
  // be better.
  wake_up_ =
      Start().ok() ? absl::InfiniteFuture() : absl::Now() + absl::Seconds(1);
}

absl::Duration Acceptor::Timeout() const {
  if (wake_up_ == absl::InfiniteFuture()) return absl::InfiniteDuration();
  return wake_up_ - absl::Now();
}

void Acceptor::WakeUp() {
  if (wake_up_ != absl::InfiniteFuture() && absl::Now() >= wake_up_) GoOn();
}

}  // namespace examples
