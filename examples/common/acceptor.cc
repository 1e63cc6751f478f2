#include "examples/common/acceptor.h"

#include <chrono>
#include <iostream>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/interest.h"
#include "event/scoped_registration.h"
#include "examples/common/clock.h"
#include "examples/common/descriptor.h"

namespace examples {
namespace {

constexpr std::chrono::seconds kRest(1);

}  // namespace

absl::Status Acceptor::Start() {
  absl::StatusOr<event_selector::ScopedRegistration> added =
      event_selector::ScopedRegistration::Add(
          selector_, listener_.handle(), token_,
          event_selector::Interest::kReadable, mode_);
  if (added.ok()) registration_ = *std::move(added);
  return added.status();
}

void Acceptor::Stop() {
  wake_up_.reset();
  registration_ = {};
}

Descriptor Acceptor::Accept() {
  absl::StatusOr<Descriptor> client = listener_.Accept();
  if (client.ok()) return *std::move(client);
  if (!absl::IsUnavailable(client.status())) Rest(client.status());
  return Descriptor();
}

void Acceptor::Rest(const absl::Status& reason) {
  if (!registration_.has_value()) return;
  if (!warned_) {
    std::cerr << reason << "; the next clients have to wait" << std::endl;
    warned_ = true;
  }
  // Not an interest of none, which would do here: a listener with kExclusive
  // cannot be modified.
  Stop();
  wake_up_ = Now() + kRest;
}

void Acceptor::GoOn() {
  if (!wake_up_.has_value()) return;
  // Should the system have no memory for the registration, the next second may
  // be better.
  wake_up_.reset();
  if (!Start().ok()) wake_up_ = Now() + kRest;
}

absl::Duration Acceptor::Timeout() const {
  if (!wake_up_.has_value()) return absl::InfiniteDuration();
  return absl::FromChrono(*wake_up_ - Now());
}

void Acceptor::WakeUp() {
  if (wake_up_.has_value() && Now() >= *wake_up_) GoOn();
}

}  // namespace examples
