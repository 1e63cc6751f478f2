#include "tests/soak/wake_load.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "tests/contract/stopwatch.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace soak {
namespace {

constexpr absl::Duration kStormPeriod = absl::Milliseconds(15);
constexpr absl::Duration kSoloPeriod = absl::Milliseconds(5);
constexpr int kMostCalls = 30;

}  // namespace

WakeLoad::WakeLoad(const Setting& setting)
    : setting_(setting),
      storm_driver_(
          AddDriver(kStormPeriod, [this](Driver&) { return StormRound(); })) {
  AddDriver(kSoloPeriod, [this](Driver&) { return SoloRound(); });
  setting_.pool.OnEveryReturn([this] { See(pool_numbers_); });
}

void WakeLoad::Start() {
  quiet_ = setting_.create();
  solo_ = setting_.create();
  setting_.counters.Add(Count::kSelectors, 2);
  for (std::size_t i = 0; i < kWaiters; ++i) {
    waiters_.emplace_back([this] { RunWaiter(); });
  }
  for (std::size_t i = 0; i < kWakers; ++i) {
    wakers_[i].inbox = FirstBackend()();
    wakers_[i].thread = std::thread([this, i] { RunWaker(i); });
  }
  StartDrivers();
}

void WakeLoad::Stop() {
  StopDrivers();
  for (Waker& waker : wakers_) {
    waker.inbox->Close();
    waker.thread.join();
    waker.inbox.reset();
  }
  setting_.pool.Stop();
  quiet_->Close();
  for (std::thread& waiter : waiters_) waiter.join();
  waiters_.clear();
  quiet_.reset();
  solo_.reset();
}

void WakeLoad::CheckAccounts() {
  CheckSeen(quiet_numbers_, "quiet");
  CheckSeen(pool_numbers_, "busy");
  if (quiet_delivered_.load() > quiet_asked_.load()) {
    setting_.findings.Add(name(),
                          absl::StrCat("double: ", quiet_asked_.load(),
                                       " wake-ups were asked for, ",
                                       quiet_delivered_.load(), " came"));
  }
}

void WakeLoad::CheckSeen(const Numbers& numbers, absl::string_view where) {
  for (std::size_t i = 0; i < kWakers; ++i) {
    const std::uint64_t published = numbers.published[i].load();
    const std::uint64_t seen = numbers.seen[i].load();
    if (published == seen) continue;
    setting_.findings.Add(
        name(), absl::StrCat("lost: waker ", i, " on the ", where,
                             " selector: expected that wake-up ", published,
                             " is seen, came ", seen));
  }
}

bool WakeLoad::StormRound() {
  storming_.store(kWakers);
  for (Waker& waker : wakers_) {
    waker.calls.store(1 + static_cast<int>(storm_random_() % kMostCalls));
    if (!waker.inbox->Wake().ok()) testing::Die("Wake of a waker failed");
  }
  if (storm_driver_.Await([this] { return IsOver(); }, setting_.patience)) {
    return true;
  }
  CheckAccounts();
  return false;
}

bool WakeLoad::IsOver() const {
  if (storming_.load() != 0) return false;
  for (const Numbers* numbers : {&quiet_numbers_, &pool_numbers_}) {
    for (std::size_t i = 0; i < kWakers; ++i) {
      if (numbers->seen[i].load() < numbers->published[i].load()) return false;
    }
  }
  return true;
}

void WakeLoad::RunWaker(std::size_t number) {
  Waker& waker = wakers_[number];
  std::array<Event, 1> room;
  for (;;) {
    const absl::StatusOr<absl::Span<Event>> woken =
        waker.inbox->Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    if (!woken.ok()) return;
    const int calls = waker.calls.exchange(0);
    if (calls == 0) continue;
    Storm(number, quiet_numbers_, *quiet_, calls);
    Storm(number, pool_numbers_, setting_.pool.selector(), calls / 8 + 1);
    storming_.fetch_sub(1);
    storm_driver_.Notify();
  }
}

void WakeLoad::Storm(std::size_t waker, Numbers& numbers, Selector& selector,
                     int calls) {
  std::atomic<std::uint64_t>& published = numbers.published[waker];
  for (int i = 0; i < calls; ++i) {
    if (&selector == quiet_.get()) quiet_asked_.fetch_add(1);
    setting_.counters.Add(Count::kWakesAsked);
    // Relaxed: it is Wake that has to make the number seen.
    published.store(published.load(std::memory_order_relaxed) + 1,
                    std::memory_order_relaxed);
    if (const absl::Status woken = selector.Wake(); !woken.ok()) {
      setting_.findings.Add(name(), absl::StrCat("Wake: ", woken.ToString()));
    }
  }
}

// By a thread that returns from Wait: what it sees must be all that was
// published before the call of Wake that it returns for.
void WakeLoad::See(Numbers& numbers) {
  bool is_news = false;
  for (std::size_t i = 0; i < kWakers; ++i) {
    const std::uint64_t published =
        numbers.published[i].load(std::memory_order_relaxed);
    std::uint64_t seen = numbers.seen[i].load();
    while (seen < published &&
           !numbers.seen[i].compare_exchange_weak(seen, published)) {
    }
    is_news |= seen < published;
  }
  if (is_news) storm_driver_.Notify();
}

void WakeLoad::RunWaiter() {
  std::array<Event, 4> room;
  for (;;) {
    const absl::StatusOr<absl::Span<Event>> ready =
        quiet_->Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    if (absl::IsCancelled(ready.status())) return;
    if (!ready.ok() || !ready->empty()) {
      setting_.findings.Add(
          name(),
          absl::StrCat("expected a wake-up, came ",
                       ready.ok() ? "an event" : ready.status().ToString()));
      return;
    }
    setting_.counters.Add(Count::kWakesDelivered);
    quiet_delivered_.fetch_add(1);
    See(quiet_numbers_);
  }
}

// Several calls of Wake, and exactly one Wait that returns for them.
bool WakeLoad::SoloRound() {
  const int calls = 1 + static_cast<int>(solo_random_() % 3);
  for (int i = 0; i < calls; ++i) {
    setting_.counters.Add(Count::kWakesAsked);
    if (!solo_->Wake().ok()) setting_.findings.Add(name(), "solo: Wake failed");
  }
  std::array<Event, 1> room;
  const testing::Stopwatch first;
  const auto woken = solo_->Wait(absl::MakeSpan(room), setting_.patience);
  if (!woken.ok() || !woken->empty() || first.Elapsed() >= setting_.patience) {
    setting_.findings.Add(name(),
                          "lost: solo: expected one wake-up, came none");
    return false;
  }
  setting_.counters.Add(Count::kWakesDelivered);
  constexpr absl::Duration kRest = absl::Microseconds(300);
  const testing::Stopwatch second;
  const auto rested = solo_->Wait(absl::MakeSpan(room), kRest);
  const absl::Duration elapsed = second.Elapsed();
  if (!rested.ok() || !rested->empty() || elapsed < kRest) {
    setting_.findings.Add(
        name(),
        absl::StrCat("double: solo: expected one wake-up for ", calls,
                     " calls, and then to wait ", absl::FormatDuration(kRest),
                     ", came another after ", absl::FormatDuration(elapsed)));
    return false;
  }
  return true;
}

}  // namespace soak
}  // namespace event_selector
