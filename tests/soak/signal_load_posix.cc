#include "tests/soak/signal_load_posix.h"

#include <pthread.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "tests/contract/stopwatch.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/setting.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace soak {
namespace {

constexpr absl::Duration kPeriod = absl::Milliseconds(4);
constexpr absl::Duration kTimed = absl::Milliseconds(9);

// All that the handler reaches.
std::atomic<Selector*> handler_selector{nullptr};
std::atomic<std::uint64_t> handled{0};
std::atomic<std::uint64_t> failed_wakes{0};

void HandleSignal(int /*signal*/) {
  handled.fetch_add(1, std::memory_order_relaxed);
  if (!handler_selector.load()->Wake().ok()) failed_wakes.fetch_add(1);
}

}  // namespace

SignalLoad::SignalLoad(const Setting& setting)
    : setting_(setting),
      driver_(AddDriver(kPeriod, [this](Driver&) { return Round(); })) {}

void SignalLoad::Start() {
  woken_selector_ = setting_.create();
  timed_selector_ = setting_.create();
  setting_.counters.Add(Count::kSelectors, 2);
  handled.store(0);
  failed_wakes.store(0);
  handler_selector.store(woken_selector_.get());
  struct sigaction action = {};
  action.sa_handler = HandleSignal;
  if (sigaction(SIGALRM, &action, &action_before_) != 0) {
    testing::DieOfError("sigaction", errno);
  }
  threads_[0] = std::thread([this] { RunWoken(); });
  threads_[1] = std::thread([this] { RunTimed(); });
  StartDrivers();
}

void SignalLoad::Stop() {
  StopDrivers();
  woken_selector_->Close();
  timed_selector_->Close();
  for (std::thread& thread : threads_) thread.join();
  if (sigaction(SIGALRM, &action_before_, nullptr) != 0) {
    testing::DieOfError("sigaction", errno);
  }
  handler_selector.store(nullptr);
  woken_selector_.reset();
  timed_selector_.reset();
}

void SignalLoad::CheckAccounts() {
  if (handled.load() == sent_.load() && seen_.load() == sent_.load() &&
      failed_wakes.load() == 0) {
    return;
  }
  setting_.findings.Add(
      name(), absl::StrCat("expected that ", sent_.load(),
                           " signals are handled and seen, came ",
                           handled.load(), " handled, ", seen_.load(),
                           " seen, ", failed_wakes.load(), " failed wake-ups"));
}

// The next signal only when the last has had its effect: a second one of the
// same kind would be merged with one that is pending.
bool SignalLoad::Round() {
  const std::uint64_t number = sent_.fetch_add(1) + 1;
  setting_.counters.Add(Count::kWakesAsked);
  const int error =
      pthread_kill(threads_[number % threads_.size()].native_handle(), SIGALRM);
  if (error != 0) testing::DieOfError("pthread_kill", error);
  if (driver_.Await([&] { return seen_.load() >= number; },
                    setting_.patience)) {
    setting_.counters.Add(Count::kSignals);
    return true;
  }
  setting_.findings.Add(
      name(), absl::StrCat("lost: expected that the wake-up of signal ", number,
                           " is seen, came ", seen_.load(), ", handled are ",
                           handled.load()));
  return false;
}

void SignalLoad::RunWoken() {
  std::array<Event, 1> room;
  for (;;) {
    const absl::StatusOr<absl::Span<Event>> ready =
        woken_selector_->Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    if (absl::IsCancelled(ready.status())) return;
    if (!ready.ok() || !ready->empty()) {
      setting_.findings.Add(name(), "expected a wake-up, came something else");
      return;
    }
    setting_.counters.Add(Count::kWakesDelivered);
    seen_.store(handled.load(std::memory_order_relaxed));
    driver_.Notify();
  }
}

void SignalLoad::RunTimed() {
  std::array<Event, 1> room;
  for (;;) {
    const testing::Stopwatch stopwatch;
    const absl::StatusOr<absl::Span<Event>> ready =
        timed_selector_->Wait(absl::MakeSpan(room), kTimed);
    const absl::Duration elapsed = stopwatch.Elapsed();
    if (absl::IsCancelled(ready.status())) return;
    setting_.counters.Add(Count::kTimedWaits);
    if (ready.ok() && ready->empty() && elapsed >= kTimed) continue;
    setting_.findings.Add(
        name(),
        absl::StrCat("early: expected to wait ", absl::FormatDuration(kTimed),
                     ", came the end ", ready.status().ToString(), " after ",
                     absl::FormatDuration(elapsed)));
    return;
  }
}

}  // namespace soak
}  // namespace event_selector
