#include "event/testing/internal/simulation_core.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/internal/handle_table.h"
#include "event/testing/internal/registration.h"
#include "event/testing/internal/timeline.h"

namespace event_selector {
namespace testing {
namespace internal {
namespace {

bool IsExclusiveAndTold(const SimulatedRegistration& registration,
                        Readiness begun) {
  return registration.is_exclusive() && !registration.Told(begun).empty();
}

bool HasExclusive(SelectorCore& selector, DescriptionId description,
                  Readiness begun) {
  bool has = false;
  selector.registrations.ForEachOf(
      description, [&](SimulatedRegistration& registration) {
        has = has || IsExclusiveAndTold(registration, begun);
      });
  return has;
}

}  // namespace

void SimulationCore::Unregister(SelectorCore& selector) {
  CloseSelector(selector);
  selectors_.erase(std::find(selectors_.begin(), selectors_.end(), &selector));
}

// ---- Handles

void SimulationCore::Change(DescriptionId description, Readiness readiness,
                            Readiness begun) {
  handles.set_readiness(description, readiness);
  for (SelectorCore* selector : selectors_) {
    RegistrationSet& registrations = selector->registrations;
    registrations.ForEachOf(
        description, [&](SimulatedRegistration& registration) {
          if (registration.Told(readiness).empty()) {
            registrations.Unqueue(registration);
          }
          const bool is_concerned = !registration.Told(begun).empty();
          if (is_concerned && !registration.is_exclusive()) {
            Queue(*selector, registration);
          }
        });
  }
  QueueOneExclusive(description, begun);
  NotifyAll();
}

// M5: for one of the selectors that are concerned, at best one that somebody
// waits for.
void SimulationCore::QueueOneExclusive(DescriptionId description,
                                       Readiness begun) {
  std::vector<SelectorCore*> candidates;
  bool has_sleepers = false;
  for (SelectorCore* selector : selectors_) {
    if (selector->is_closed || (has_sleepers && selector->sleepers == 0)) {
      continue;
    }
    if (!HasExclusive(*selector, description, begun)) continue;
    if (!has_sleepers && selector->sleepers > 0) {
      has_sleepers = true;
      candidates.clear();
    }
    candidates.push_back(selector);
  }
  if (candidates.empty()) return;
  SelectorCore& chosen = *candidates[random.Below(candidates.size())];
  chosen.registrations.ForEachOf(
      description, [&](SimulatedRegistration& registration) {
        if (IsExclusiveAndTold(registration, begun)) {
          Queue(chosen, registration);
        }
      });
}

void SimulationCore::GiveOn(const SimulatedRegistration& registration) {
  if (!registration.is_exclusive() || !registration.is_queued) return;
  QueueOneExclusive(registration.description,
                    handles.readiness(registration.description));
  NotifyAll();
}

bool SimulationCore::Close(Handle handle) {
  const std::optional<DescriptionId> gone = handles.Close(handle);
  if (!gone.has_value()) return false;
  if (*gone == HandleTable::kNothing) return true;
  for (SelectorCore* selector : selectors_) {
    selector->registrations.RemoveAllOf(*gone);
  }
  return true;
}

void SimulationCore::Queue(SelectorCore& selector,
                           SimulatedRegistration& registration) {
  absl::Duration not_before;
  if (random.Chance(selector.late_event)) {
    not_before = timeline.now() +
                 absl::Ceil(selector.max_lateness * (1 - random.Fraction()),
                            absl::Nanoseconds(1));
  }
  selector.registrations.Queue(registration, not_before);
}

void SimulationCore::QueueIfReady(SelectorCore& selector,
                                  SimulatedRegistration& registration) {
  const Readiness told =
      registration.Told(handles.readiness(registration.description));
  if (told.empty()) return;
  Queue(selector, registration);
  NotifyAll();
}

void SimulationCore::CloseSelector(SelectorCore& selector) {
  if (selector.is_closed) return;
  selector.is_closed = true;
  selector.registrations.ForEach(
      [this](SimulatedRegistration& registration) { GiveOn(registration); });
  NotifyAll();
}

// ---- Time

// Gives up the lock for a time, and knows whose action runs then.
class SimulationCore::RunningAction {
 public:
  RunningAction(SimulationCore& core, Lock& lock) : core_(core), lock_(lock) {
    core_.running_.push_back(std::this_thread::get_id());
    lock_.unlock();
  }
  RunningAction(const RunningAction&) = delete;
  RunningAction& operator=(const RunningAction&) = delete;
  ~RunningAction() {
    lock_.lock();
    core_.running_.erase(std::find(core_.running_.begin(), core_.running_.end(),
                                   std::this_thread::get_id()));
  }

 private:
  SimulationCore& core_;
  Lock& lock_;
};

absl::Status SimulationCore::RunDue(Lock& lock) {
  // It would be called within itself, the deeper the more there is to do.
  if (std::find(running_.begin(), running_.end(), std::this_thread::get_id()) !=
      running_.end()) {
    return absl::FailedPreconditionError(
        "an action that was planned (Simulation::At) has called Wait or "
        "Advance: these are not for actions");
  }
  absl::Duration instant = timeline.now();
  std::size_t count = 0;
  while (status_.ok() && timeline.IsDue()) {
    if (timeline.now() != instant) {  // Another thread has moved the clock.
      instant = timeline.now();
      count = 0;
    }
    if (count >= most_actions_) {
      Stop(absl::DeadlineExceededError(absl::StrCat(
          "what is planned (Simulation::At) has no end: ", most_actions_,
          " actions have run at ", absl::FormatDuration(instant),
          ", and more are planned for this time. Does one plan itself again, "
          "for a time that has come already? "
          "(SimulationOptions::most_actions_at_one_time is the limit.)")));
      break;
    }
    ++count;
    ++actions_;
    Timeline::Action action = timeline.TakeDue();
    const RunningAction running(*this, lock);
    // What it holds may use the simulation, too, and ends without the lock.
    Timeline::Action one = std::move(action);
    if (one) one();
  }
  return status_;
}

absl::Status SimulationCore::CheckEnds(std::size_t actions) const {
  constexpr std::size_t kTimes = 10;
  if (actions / kTimes < most_actions_) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat(
      "this Wait would never return: its timeout is infinite, and ", actions,
      " actions that were planned (Simulation::At) have run during it, up to ",
      absl::FormatDuration(timeline.now()),
      ", of which none made anything ready. (The limit is ", kTimes,
      " times SimulationOptions::most_actions_at_one_time.)"));
}

void SimulationCore::Stop(const absl::Status& status) {
  status_ = status;
  NotifyAll();
}

void SimulationCore::MoveTo(absl::Duration time, Lock& lock) {
  for (;;) {
    if (const absl::Status status = RunDue(lock); !status.ok()) {
      Stop(status);
      return;
    }
    const absl::Duration next = timeline.next();
    if (next > time || next == absl::InfiniteDuration()) break;
    timeline.MoveTo(next);
    NotifyAll();
  }
  timeline.MoveTo(time);
  NotifyAll();
}

// ---- Threads

void SimulationCore::Sleep(SelectorCore& selector, Lock& lock) {
  ++sleepers_;
  ++selector.sleepers;
  fell_asleep_.notify_all();
  const std::uint64_t changes = changes_;
  changed_.wait(lock, [&] { return changes_ != changes; });
}

void SimulationCore::NotifyAll() {
  ++changes_;
  // Nobody counts as asleep who has something to look at.
  sleepers_ = 0;
  for (SelectorCore* selector : selectors_) selector->sleepers = 0;
  changed_.notify_all();
}

void SimulationCore::AwaitSleepers(int count, Lock& lock) {
  fell_asleep_.wait(lock, [&] { return sleepers_ >= count; });
}

}  // namespace internal
}  // namespace testing
}  // namespace event_selector
