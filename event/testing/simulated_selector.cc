#include "event/testing/simulated_selector.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
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
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/registration_rules.h"
#include "event/internal/selector_errors.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/testing/internal/call_log.h"
#include "event/testing/internal/handle_table.h"
#include "event/testing/internal/registration.h"
#include "event/testing/internal/standstill.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulation.h"
#include "event/token.h"

namespace event_selector {
namespace testing {
namespace {

using internal::DescriptionId;
using internal::HandleTable;
using Kind = SelectorCall::Kind;
using RegistrationCall = event_selector::internal::RegistrationCall;
using LockGuard = std::lock_guard<std::mutex>;

constexpr absl::string_view kName = "simulated";

// What the error about a loop that spins shows.
constexpr std::size_t kCallsShown = 10;
constexpr std::size_t kEventsShown = 3;

absl::Duration RoundedUp(absl::Duration timeout, absl::Duration resolution) {
  const bool is_exact =
      timeout == absl::InfiniteDuration() || resolution <= absl::ZeroDuration();
  return is_exact ? timeout : absl::Ceil(timeout, resolution);
}

absl::Status NothingIsToHappenError() {
  return absl::DeadlineExceededError(
      "this Wait would never return: nothing is ready, the timeout is "
      "infinite, and nothing is planned (Simulation::At). If other threads act "
      "on the simulation, set SimulationOptions::has_other_threads");
}

}  // namespace

Capabilities EveryCapability() {
  Capabilities capabilities;
  capabilities.interests = event_selector::internal::kEveryInterest;
  capabilities.modes = event_selector::internal::kEveryMode;
  capabilities.timeout_resolution = absl::Nanoseconds(1);
  capabilities.hangup_without_interest = true;
  return capabilities;
}

SimulatedSelector::SimulatedSelector(Simulation& simulation,
                                     const SimulatedSelectorOptions& options)
    : core_(simulation.core_),
      capabilities_(options.capabilities),
      state_(options.capabilities.hangup_without_interest),
      admission_(options.single_waiter, state_),
      log_(options.most_calls_kept),
      standstill_(options.most_waits_at_one_time) {
  const LockGuard lock(core_->mutex);
  core_->Register(state_);
}

SimulatedSelector::~SimulatedSelector() {
  const LockGuard lock(core_->mutex);
  core_->Unregister(state_);
}

absl::string_view SimulatedSelector::name() const { return kName; }

Capabilities SimulatedSelector::capabilities() const { return capabilities_; }

// ---- Registrations

absl::Status SimulatedSelector::Add(Handle handle, Token token,
                                    Interest interest, Mode mode) {
  SelectorCall call;
  call.kind = Kind::kAdd;
  call.handle = handle;
  call.token = token;
  call.interest = interest;
  call.mode = mode;
  const LockGuard lock(core_->mutex);
  const absl::Status status = DoAdd(call);
  return Record(std::move(call), status);
}

absl::Status SimulatedSelector::Modify(Handle handle, Token token,
                                       Interest interest, Mode mode) {
  SelectorCall call;
  call.kind = Kind::kModify;
  call.handle = handle;
  call.token = token;
  call.interest = interest;
  call.mode = mode;
  const LockGuard lock(core_->mutex);
  const absl::Status status = DoModify(call);
  return Record(std::move(call), status);
}

absl::Status SimulatedSelector::Remove(Handle handle) {
  SelectorCall call;
  call.kind = Kind::kRemove;
  call.handle = handle;
  const LockGuard lock(core_->mutex);
  const absl::Status status = DoRemove(handle);
  return Record(std::move(call), status);
}

// What `Add` and `Modify` ask first.
absl::Status SimulatedSelector::CheckRegistration(RegistrationCall which,
                                                  const SelectorCall& call) {
  absl::Status status = admission_.CheckRegistration(
      which, kName, capabilities_, call.interest, call.mode);
  return status.ok() ? TakeFailure(call.kind) : status;
}

// What `handle` names. Errors: kInvalidArgument.
absl::StatusOr<DescriptionId> SimulatedSelector::FindPollable(
    Kind kind, Handle handle) const {
  const DescriptionId id = core_->handles.Find(handle);
  if (id == HandleTable::kNothing) {
    return event_selector::internal::NotOpenError(NameOf(kind), handle);
  }
  if (!core_->handles.is_pollable(id)) {
    return event_selector::internal::NotPollableError(
        NameOf(kind), handle, "one that MakeUnpollableHandle made");
  }
  return id;
}

absl::StatusOr<internal::SimulatedRegistration*>
SimulatedSelector::FindRegistered(Kind kind, Handle handle) {
  const absl::StatusOr<DescriptionId> id = FindPollable(kind, handle);
  if (!id.ok()) return id.status();
  internal::SimulatedRegistration* const found =
      state_.registrations.Find(*id, handle);
  if (found == nullptr) {
    return event_selector::internal::NotRegisteredError(NameOf(kind), handle);
  }
  return found;
}

absl::Status SimulatedSelector::DoAdd(const SelectorCall& call) {
  if (absl::Status status = CheckRegistration(RegistrationCall::kAdd, call);
      !status.ok()) {
    return status;
  }
  const absl::StatusOr<DescriptionId> id = FindPollable(call.kind, call.handle);
  if (!id.ok()) return id.status();
  if (state_.registrations.Find(*id, call.handle) != nullptr) {
    return event_selector::internal::AlreadyRegisteredError("Add", call.handle);
  }
  internal::SimulatedRegistration& registration =
      state_.registrations.Add(*id, call.handle);
  state_.registrations.Arm(registration, call.token, call.interest, call.mode);
  core_->QueueIfReady(state_, registration);
  return absl::OkStatus();
}

absl::Status SimulatedSelector::DoModify(const SelectorCall& call) {
  if (absl::Status status = CheckRegistration(RegistrationCall::kModify, call);
      !status.ok()) {
    return status;
  }
  const absl::StatusOr<internal::SimulatedRegistration*> found =
      FindRegistered(call.kind, call.handle);
  if (!found.ok()) return found.status();
  internal::SimulatedRegistration& registration = **found;
  if (registration.is_exclusive()) {
    return event_selector::internal::ExclusiveModifyError(call.handle);
  }
  state_.registrations.Arm(registration, call.token, call.interest, call.mode);
  core_->QueueIfReady(state_, registration);
  return absl::OkStatus();
}

absl::Status SimulatedSelector::DoRemove(Handle handle) {
  if (absl::Status status = admission_.CheckChange(); !status.ok()) {
    return status;
  }
  if (absl::Status failure = TakeFailure(Kind::kRemove); !failure.ok()) {
    return failure;
  }
  const absl::StatusOr<internal::SimulatedRegistration*> found =
      FindRegistered(Kind::kRemove, handle);
  if (!found.ok()) return found.status();
  const internal::SimulatedRegistration removed = **found;
  state_.registrations.Remove(**found);
  core_->GiveOn(removed);
  return absl::OkStatus();
}

// ---- Waiting

absl::StatusOr<absl::Span<Event>> SimulatedSelector::Wait(
    absl::Span<Event> events, absl::Duration timeout) {
  SelectorCall call;
  call.kind = Kind::kWait;
  call.room = events.size();
  call.timeout = timeout;
  Lock lock(core_->mutex);
  const absl::StatusOr<Outcome> outcome = DoWait(events, timeout, lock);
  if (!outcome.ok()) return Record(std::move(call), outcome.status());
  const absl::Span<Event> ready = events.first(outcome->filled);
  call.events.assign(ready.begin(), ready.end());
  if (!outcome->is_counted || standstill_.Count(Moves())) {
    Record(std::move(call), absl::OkStatus()).IgnoreError();
    return ready;
  }
  // What is recorded is without the calls: the next error shows it again.
  const std::string calls = log_.LastToString(kCallsShown);
  const absl::Status error = Record(std::move(call), SpinsError(ready));
  return absl::Status(
      error.code(),
      absl::StrCat(error.message(), " The calls before it:\n", calls));
}

absl::StatusOr<SimulatedSelector::Outcome> SimulatedSelector::DoWait(
    absl::Span<Event> events, absl::Duration timeout, Lock& lock) {
  if (absl::Status status = admission_.CheckWait(events); !status.ok()) {
    return status;
  }
  if (absl::Status failure = TakeFailure(Kind::kWait); !failure.ok()) {
    return failure;
  }
  const bool is_poll = timeout <= absl::ZeroDuration();
  const absl::Duration deadline = DeadlineOf(timeout);
  const std::size_t actions_before = core_->actions();
  for (;;) {
    if (absl::Status status = core_->RunDue(lock); !status.ok()) return status;
    if (!admission_.IsUsable()) return admission_.WhyOver();
    Outcome outcome = Collect(events);
    const bool is_woken = std::exchange(is_wake_pending_, false);
    if (outcome.filled > 0 || is_woken || core_->timeline.now() >= deadline) {
      const bool took_no_time = outcome.filled == 0 && (is_woken || is_poll);
      if (took_no_time && !core_->has_other_threads) outcome.is_counted = true;
      return outcome;
    }
    if (deadline == absl::InfiniteDuration() && !core_->has_other_threads) {
      absl::Status status = core_->CheckEnds(core_->actions() - actions_before);
      if (!status.ok()) return status;
    }
    if (absl::Status status = Pass(deadline, lock); !status.ok()) return status;
  }
}

// When a `Wait` that finds nothing until then returns.
absl::Duration SimulatedSelector::DeadlineOf(absl::Duration timeout) {
  absl::Duration time = RoundedUp(std::max(timeout, absl::ZeroDuration()),
                                  capabilities_.timeout_resolution);
  if (time > absl::ZeroDuration() && core_->random.Chance(faults_.empty_wait)) {
    // In whole nanoseconds, as a system's clock goes.
    time = time == absl::InfiniteDuration()
               ? absl::ZeroDuration()
               : absl::Trunc(time * core_->random.Fraction(),
                             absl::Nanoseconds(1));
  }
  return core_->timeline.now() + time;
}

// Lets time pass until there may be something to report, or to `deadline`.
// Errors: kDeadlineExceeded, where neither can be.
absl::Status SimulatedSelector::Pass(absl::Duration deadline, Lock& lock) {
  if (core_->has_other_threads) {
    core_->Sleep(state_, lock);
    return absl::OkStatus();
  }
  const absl::Duration now = core_->timeline.now();
  const absl::Duration next = std::min(
      {deadline, core_->timeline.next(), state_.registrations.NextLate(now)});
  if (next == absl::InfiniteDuration()) return NothingIsToHappenError();
  core_->timeline.MoveTo(next);
  core_->NotifyAll();
  return absl::OkStatus();
}

// Writes the events that are to be reported now to the front of `events`.
SimulatedSelector::Outcome SimulatedSelector::Collect(
    absl::Span<Event> events) {
  internal::RegistrationSet& registrations = state_.registrations;
  internal::SeededRandom& random = core_->random;
  const bool is_reordered = random.Chance(faults_.reordered);
  if (is_reordered) registrations.ShuffleQueue(random);
  const std::size_t most = std::min(events.size(), registrations.queued());
  if (most > 1 && random.Chance(faults_.short_batch)) {
    events = events.first(1 + random.Below(most - 1));
  }
  Outcome outcome;
  outcome.filled =
      registrations.Collect(core_->handles, core_->timeline.now(), events);
  outcome.is_counted = outcome.filled > 0;
  outcome.filled = AddSpuriousEvents(events, outcome.filled);
  if (is_reordered) random.Shuffle(events.begin(), outcome.filled);
  return outcome;
}

std::size_t SimulatedSelector::AddSpuriousEvents(absl::Span<Event> events,
                                                 std::size_t filled) {
  if (faults_.spurious_event <= 0) return filled;
  state_.registrations.ForEach(
      [&](internal::SimulatedRegistration& registration) {
        const Readiness holds =
            core_->handles.readiness(registration.description);
        const bool may_be = registration.is_armed &&
                            !registration.is_parked() &&
                            registration.Told(holds).empty();
        if (!may_be || filled == events.size()) return;
        if (!core_->random.Chance(faults_.spurious_event)) return;
        const auto bits =
            static_cast<std::uint32_t>(core_->random.Below(1u << 16));
        const Readiness part = registration.asked() & Readiness::FromBits(bits);
        events[filled++] = Event{registration.token,
                                 part.empty() ? registration.asked() : part};
        if (registration.is_oneshot()) registration.is_armed = false;
      });
  return filled;
}

// ---- Loops that spin

// A number that is another one after anything has moved.
std::int64_t SimulatedSelector::Moves() const {
  // Not what the one thread does itself: it may do the same again for ever.
  return core_->has_other_threads
             ? static_cast<std::int64_t>(core_->changes())
             : absl::ToInt64Nanoseconds(core_->timeline.now());
}

// What a `Wait` returns that has found `events`, one time too many.
absl::Status SimulatedSelector::SpinsError(absl::Span<const Event> events) {
  std::string found = events.empty() ? "finds nothing" : "";
  for (const Event& event :
       events.first(std::min(events.size(), kEventsShown))) {
    absl::StrAppend(&found, found.empty() ? "reports " : ", ",
                    "{token: ", event.token.value(), ", ",
                    event.readiness.ToString(), "}");
    int handles = 0;  // Registrations may share a token.
    state_.registrations.ForEach(
        [&](const internal::SimulatedRegistration& registration) {
          if (registration.token != event.token || ++handles > 1) return;
          absl::StrAppend(&found, " of handle ", registration.handle, " (",
                          registration.interest.ToString(), ", ",
                          registration.mode.ToString(), ")");
        });
    if (handles > 1) absl::StrAppend(&found, " or another with this token");
  }
  if (events.size() > kEventsShown) {
    absl::StrAppend(&found, " and ", events.size() - kEventsShown, " more");
  }
  return absl::DeadlineExceededError(absl::StrCat(
      "the loop spins: ", standstill_.most(),
      " waits have returned while nothing moved, at ",
      absl::FormatDuration(core_->timeline.now()), ", and this one ", found,
      ". Serve what is reported, or do not ask for it. "
      "(SimulatedSelectorOptions::most_waits_at_one_time is the limit.)"));
}

// ---- Waking and closing

absl::Status SimulatedSelector::Wake() {
  SelectorCall call;
  call.kind = Kind::kWake;
  const LockGuard lock(core_->mutex);
  const absl::Status status = DoWake();
  return Record(std::move(call), status);
}

absl::Status SimulatedSelector::DoWake() {
  if (!admission_.IsUsable()) return admission_.WhyOver();
  if (absl::Status failure = TakeFailure(Kind::kWake); !failure.ok()) {
    return failure;
  }
  is_wake_pending_ = true;
  core_->NotifyAll();
  return absl::OkStatus();
}

void SimulatedSelector::Close() {
  SelectorCall call;
  call.kind = Kind::kClose;
  const LockGuard lock(core_->mutex);
  core_->CloseSelector(state_);
  Record(std::move(call), absl::OkStatus()).IgnoreError();
}

absl::Status SimulatedSelector::HandOver() {
  const LockGuard lock(core_->mutex);
  return admission_.HandOver();
}

absl::StatusOr<Handle> SimulatedSelector::descriptor() const {
  const LockGuard lock(core_->mutex);
  return admission_.NoDescriptor(kName);
}

// ---- For the test

void SimulatedSelector::SetFaults(const SimulatedFaults& faults) {
  const LockGuard lock(core_->mutex);
  faults_ = faults;
  state_.late_event = faults.late_event;
  state_.max_lateness = faults.max_lateness;
}

void SimulatedSelector::FailNext(Kind kind, const absl::Status& status) {
  const LockGuard lock(core_->mutex);
  failures_[static_cast<std::size_t>(kind)].push_back(status);
}

// What the next call of this kind is to return; OK if nothing.
absl::Status SimulatedSelector::TakeFailure(Kind kind) {
  std::deque<absl::Status>& failures =
      failures_[static_cast<std::size_t>(kind)];
  if (failures.empty()) return absl::OkStatus();
  absl::Status status = std::move(failures.front());
  failures.pop_front();
  return status;
}

// Returns `status`.
absl::Status SimulatedSelector::Record(SelectorCall call,
                                       const absl::Status& status) {
  call.time = core_->timeline.now();
  call.status = status;
  log_.Record(std::move(call));
  return status;
}

std::size_t SimulatedSelector::count(Kind kind) const {
  const LockGuard lock(core_->mutex);
  return log_.count(kind);
}

std::vector<SelectorCall> SimulatedSelector::calls() const {
  const LockGuard lock(core_->mutex);
  return {log_.calls().begin(), log_.calls().end()};
}

std::size_t SimulatedSelector::calls_dropped() const {
  const LockGuard lock(core_->mutex);
  return log_.dropped();
}

std::string SimulatedSelector::CallsToString() const {
  const LockGuard lock(core_->mutex);
  return log_.LastToString(log_.calls().size());
}

void SimulatedSelector::ClearCalls() {
  const LockGuard lock(core_->mutex);
  log_.Clear();
}

std::optional<SimulatedSelector::Registration> SimulatedSelector::Find(
    Handle handle) const {
  const LockGuard lock(core_->mutex);
  const DescriptionId id = core_->handles.Find(handle);
  const internal::SimulatedRegistration* const found =
      state_.registrations.Find(id, handle);
  if (found == nullptr) return std::nullopt;
  return Registration{found->token, found->interest, found->mode,
                      found->is_armed};
}

std::size_t SimulatedSelector::registrations() const {
  const LockGuard lock(core_->mutex);
  return state_.registrations.size();
}

}  // namespace testing
}  // namespace event_selector
