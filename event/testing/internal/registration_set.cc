#include "event/testing/internal/registration_set.h"

#include <algorithm>
#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/testing/internal/handle_table.h"
#include "event/testing/internal/registration.h"
#include "event/token.h"

namespace event_selector {
namespace testing {
namespace internal {
namespace {

constexpr Readiness kUnasked = Readiness::kHangup | Readiness::kError;

static_assert(Interest::kReadable.bits() == Readiness::kReadable.bits() &&
                  Interest::kWritable.bits() == Readiness::kWritable.bits() &&
                  Interest::kPriority.bits() == Readiness::kPriority.bits() &&
                  Interest::kReadClosed.bits() == Readiness::kReadClosed.bits(),
              "an interest is the mask of what it asks for");

}  // namespace

SimulatedRegistration* RegistrationSet::Find(DescriptionId description,
                                             Handle handle) {
  const auto found = registrations_.find({description, handle});
  return found == registrations_.end() ? nullptr : &found->second;
}

const SimulatedRegistration* RegistrationSet::Find(DescriptionId description,
                                                   Handle handle) const {
  const auto found = registrations_.find({description, handle});
  return found == registrations_.end() ? nullptr : &found->second;
}

SimulatedRegistration& RegistrationSet::Add(DescriptionId description,
                                            Handle handle) {
  SimulatedRegistration& registration = registrations_[{description, handle}];
  registration.description = description;
  registration.handle = handle;
  return registration;
}

void RegistrationSet::Arm(SimulatedRegistration& registration, Token token,
                          Interest interest, Mode mode) {
  Unqueue(registration);
  registration.token = token;
  registration.interest = interest;
  registration.mode = mode;
  registration.is_armed = true;
  const bool is_silent = registration.is_parked() && !hangup_without_interest_;
  registration.mask = is_silent ? Readiness() : registration.asked() | kUnasked;
}

void RegistrationSet::Remove(SimulatedRegistration& registration) {
  Unqueue(registration);
  registrations_.erase({registration.description, registration.handle});
}

void RegistrationSet::RemoveAllOf(DescriptionId description) {
  auto next = registrations_.lower_bound({description, Handle{}});
  while (next != registrations_.end() && next->first.first == description) {
    Unqueue(next->second);
    next = registrations_.erase(next);
  }
}

void RegistrationSet::ForEach(
    absl::FunctionRef<void(SimulatedRegistration&)> visit) {
  for (auto& [key, registration] : registrations_) visit(registration);
}

void RegistrationSet::ForEachOf(
    DescriptionId description,
    absl::FunctionRef<void(SimulatedRegistration&)> visit) {
  for (auto next = registrations_.lower_bound({description, Handle{}});
       next != registrations_.end() && next->first.first == description;
       ++next) {
    visit(next->second);
  }
}

// ---- The queue

void RegistrationSet::Queue(SimulatedRegistration& registration,
                            absl::Duration not_before) {
  if (registration.is_queued) return;
  registration.is_queued = true;
  registration.not_before = not_before;
  queue_.push_back(&registration);
}

void RegistrationSet::Unqueue(SimulatedRegistration& registration) {
  if (!registration.is_queued) return;
  registration.is_queued = false;
  // The first one, most often.
  queue_.erase(std::find(queue_.begin(), queue_.end(), &registration));
}

absl::Duration RegistrationSet::NextLate(absl::Duration now) const {
  absl::Duration next = absl::InfiniteDuration();
  for (const SimulatedRegistration* registration : queue_) {
    if (registration->not_before > now) {
      next = std::min(next, registration->not_before);
    }
  }
  return next;
}

bool RegistrationSet::Report(SimulatedRegistration& registration,
                             const HandleTable& handles, Event& event) {
  Unqueue(registration);
  const Readiness told =
      registration.Told(handles.readiness(registration.description));
  if (told.empty()) return false;
  event = Event{registration.token, told};
  if (registration.is_oneshot()) {
    registration.is_armed = false;
  } else if (!registration.is_edge()) {
    Queue(registration, absl::ZeroDuration());
  }
  return true;
}

std::size_t RegistrationSet::Collect(const HandleTable& handles,
                                     absl::Duration now,
                                     absl::Span<Event> events) {
  std::size_t filled = 0;
  for (std::size_t left = queue_.size(); left > 0 && filled < events.size();
       --left) {
    SimulatedRegistration& registration = *queue_.front();
    if (registration.not_before > now) {
      queue_.pop_front();
      queue_.push_back(&registration);
    } else if (Report(registration, handles, events[filled])) {
      ++filled;
    }
  }
  return filled;
}

}  // namespace internal
}  // namespace testing
}  // namespace event_selector
