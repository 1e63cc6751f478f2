#include "tests/model/faulty_selector.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"

namespace event_selector {
namespace testing {
namespace {

// In the order of the enumeration.
constexpr absl::string_view kNames[] = {
    "None",
    "LosesAnEvent",
    "ReportsTwice",
    "ReportsUnasked",
    "ReportsTheRemoved",
    "ReportsTheOldToken",
    "KeepsTheOldToken",
    "KeepsTheOldInterest",
    "ForgetsOneDirection",
    "IgnoresOneshot",
    "IgnoresEdge",
    "RearmsByItself",
    "IgnoresRemove",
    "DropsAWakeUp",
    "ReturnsEarly",
    "WritesBehindTheSpan",
    "IsUnfair",
    "AddsTwice",
    "ModifiesTheUnknown",
    "IgnoresClose",
    "TakesRoomForWakeUps",
    "SpinsOnParked",
};
static_assert(std::size(kNames) == kFaults);

}  // namespace

absl::string_view NameOf(Fault fault) {
  return kNames[static_cast<std::size_t>(fault)];
}

FaultySelector::Registration* FaultySelector::Find(Handle handle) {
  const auto found = registrations_.find(handle);
  return found == registrations_.end() ? nullptr : &found->second;
}

Mode FaultySelector::Falsify(Mode mode) const {
  if (Has(Fault::kIgnoresOneshot)) mode -= Mode::kOneshot;
  if (Has(Fault::kIgnoresEdge)) mode -= Mode::kEdge;
  return mode;
}

absl::Status FaultySelector::Add(Handle handle, Token token, Interest interest,
                                 Mode mode) {
  absl::Status status = selector_->Add(handle, token, interest, Falsify(mode));
  if (Has(Fault::kAddsTwice) && absl::IsAlreadyExists(status)) {
    return Modify(handle, token, interest, mode);
  }
  if (status.ok()) {
    registrations_[handle] = {handle, token, interest, mode, {}};
    old_tokens_.erase(token.value());
  }
  return status;
}

absl::Status FaultySelector::Modify(Handle handle, Token token,
                                    Interest interest, Mode mode) {
  Registration* const known = Find(handle);
  if (known != nullptr && Has(Fault::kKeepsTheOldToken)) token = known->token;
  if (known != nullptr && Has(Fault::kKeepsTheOldInterest)) {
    interest = known->interest;
  }
  absl::Status status =
      selector_->Modify(handle, token, interest, Falsify(mode));
  if (Has(Fault::kModifiesTheUnknown) && absl::IsNotFound(status)) {
    return Add(handle, token, interest, mode);
  }
  if (status.ok() && known != nullptr) {
    if (Has(Fault::kReportsTheOldToken)) {
      old_tokens_[token.value()] = known->token;
    }
    *known = {handle, token, interest, mode, known->last};
  }
  return status;
}

absl::Status FaultySelector::Remove(Handle handle) {
  const Registration* const known = Find(handle);
  if (known == nullptr) return selector_->Remove(handle);
  removed_ = *known;
  registrations_.erase(handle);
  if (Has(Fault::kIgnoresRemove)) return absl::OkStatus();
  return selector_->Remove(handle);
}

absl::Status FaultySelector::Wake() {
  is_woken_ = true;
  if (Has(Fault::kDropsAWakeUp) && ++wakes_ % 3 == 0) return absl::OkStatus();
  return selector_->Wake();
}

void FaultySelector::Close() {
  if (!Has(Fault::kIgnoresClose)) selector_->Close();
}

absl::StatusOr<absl::Span<Event>> FaultySelector::Wait(absl::Span<Event> events,
                                                       absl::Duration timeout) {
  if (Has(Fault::kReturnsEarly) && timeout != absl::InfiniteDuration()) {
    timeout = absl::ZeroDuration();
  }
  if (Has(Fault::kIsUnfair)) return WaitUnfairly(events, timeout);
  const absl::StatusOr<absl::Span<Event>> ready =
      selector_->Wait(events, timeout);
  if (!ready.ok()) return ready;
  const std::size_t count = SpoilEvents(events, ready->size());
  is_woken_ = false;
  return events.first(count);
}

// `room` holds `count` events; returns how many are left of them.
std::size_t FaultySelector::SpoilEvents(absl::Span<Event> room,
                                        std::size_t count) {
  if (Has(Fault::kWritesBehindTheSpan) && count == room.size()) {
    room.data()[count] = room.front();
  }
  if (Has(Fault::kTakesRoomForWakeUps) && is_woken_ && count == room.size()) {
    --count;
  }
  if (Has(Fault::kLosesAnEvent) && count > 0 && ++events_ % 10 == 0) --count;
  for (Event& event : room.first(count)) SpoilEvent(event);
  return count < room.size() ? AddEvent(room, count) : count;
}

std::size_t FaultySelector::AddEvent(absl::Span<Event> room,
                                     std::size_t count) {
  if (Has(Fault::kReportsTwice) && count > 0) {
    room[count] = room.front();
    return count + 1;
  }
  if (Has(Fault::kReportsTheRemoved) && !removed_.last.readiness.empty()) {
    room[count] = removed_.last;
    removed_.last = Event();
    return count + 1;
  }
  if (!Has(Fault::kSpinsOnParked)) return count;
  for (const auto& entry : registrations_) {
    const auto& registration = entry.second;
    const bool is_hung_up =
        registration.interest.empty() && !registration.last.readiness.empty();
    if (!is_hung_up || registration.mode.contains(Mode::kOneshot)) continue;
    if (std::any_of(room.begin(),
                    room.begin() + static_cast<std::ptrdiff_t>(count),
                    [&](const Event& event) {
                      return event.token == registration.token;
                    })) {
      continue;
    }
    room[count] = registration.last;
    return count + 1;
  }
  return count;
}

void FaultySelector::SpoilEvent(Event& event) {
  if (Has(Fault::kReportsUnasked)) event.readiness |= Readiness::kWritable;
  if (Has(Fault::kForgetsOneDirection)) {
    const std::uint32_t bits = event.readiness.bits();
    event.readiness = Readiness::FromBits(bits & (~bits + 1));
  }
  for (auto& [handle, registration] : registrations_) {
    if (registration.token == event.token) registration.last = event;
  }
  Rearm(event);
  const auto old = old_tokens_.find(event.token.value());
  if (old == old_tokens_.end()) return;
  event.token = old->second;
  old_tokens_.erase(old);
}

void FaultySelector::Rearm(const Event& event) {
  if (!Has(Fault::kRearmsByItself)) return;
  for (const auto& [handle, registration] : registrations_) {
    if (registration.token != event.token ||
        !registration.mode.contains(Mode::kOneshot)) {
      continue;
    }
    selector_
        ->Modify(handle, registration.token, registration.interest,
                 registration.mode)
        .IgnoreError();
  }
}

// What finds no room is lost: only a level-triggered one comes again.
absl::StatusOr<absl::Span<Event>> FaultySelector::WaitUnfairly(
    absl::Span<Event> events, absl::Duration timeout) {
  std::vector<Event> all(events.empty() ? 0 : 1024);
  const absl::StatusOr<absl::Span<Event>> ready =
      selector_->Wait(absl::MakeSpan(all), timeout);
  if (!ready.ok()) return ready;
  std::sort(ready->begin(), ready->end(), [](const Event& a, const Event& b) {
    return a.token.value() < b.token.value();
  });
  const std::size_t count = std::min(ready->size(), events.size());
  std::copy_n(ready->begin(), count, events.begin());
  return events.first(count);
}

}  // namespace testing
}  // namespace event_selector
