#include "tests/soak/lifetime_load.h"

#include <array>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/setting.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {
namespace {

constexpr absl::Duration kPeriod = absl::Milliseconds(10);
constexpr Token kToken(0x11fe);

}  // namespace

LifetimeLoad::LifetimeLoad(const Setting& setting)
    : setting_(setting),
      driver_(AddDriver(kPeriod, [this](Driver&) { return Round(); })) {}

void LifetimeLoad::Start() {
  for (Waiter& waiter : waiters_) {
    waiter.inbox = FirstBackend()();
    waiter.thread = std::thread([this, &waiter] { RunWaiter(waiter); });
  }
  StartDrivers();
}

void LifetimeLoad::Stop() {
  StopDrivers();
  for (Waiter& waiter : waiters_) {
    waiter.inbox->Close();
    waiter.thread.join();
    waiter.inbox.reset();
  }
}

void LifetimeLoad::CheckAccounts() {
  if (cancelled_.load() != kWaiters * closes_.load()) {
    setting_.findings.Add(
        name(), absl::StrCat("expected ", kWaiters * closes_.load(),
                             " cancelled waits, came ", cancelled_.load()));
  }
  if (events_.load() != armed_.load()) {
    setting_.findings.Add(
        name(), absl::StrCat("expected ", armed_.load(), " events, came ",
                             events_.load()));
  }
}

bool LifetimeLoad::Round() { return UseAlone() && CloseUnderWaiters(); }

bool LifetimeLoad::UseAlone() {
  testing::SocketPair pair = testing::MakeStreamPair();
  const std::unique_ptr<Selector> selector = setting_.create();
  setting_.counters.Add(Count::kSelectors);
  setting_.counters.Add(Count::kRegistrations);
  if (!selector->Add(pair.a.handle(), kToken, Interest::kWritable).ok()) {
    return Lost("Add: expected OK");
  }
  std::array<Event, 2> room;
  const absl::StatusOr<absl::Span<Event>> ready =
      selector->Wait(absl::MakeSpan(room), setting_.patience);
  if (!ready.ok() || ready->size() != 1 || (*ready)[0].token != kToken ||
      !(*ready)[0].readiness.writable()) {
    return Lost("expected one writable handle");
  }
  setting_.counters.AddEvents(*ready);
  return true;  // Its registration goes with the selector.
}

bool LifetimeLoad::CloseUnderWaiters() {
  testing::SocketPair pair = testing::MakeStreamPair();
  const std::unique_ptr<Selector> selector = setting_.create();
  setting_.counters.Add(Count::kSelectors);
  for (Waiter& waiter : waiters_) {
    waiter.task.store(selector.get());
    if (!waiter.inbox->Wake().ok()) return Lost("Wake failed");
  }
  const std::uint64_t due = armed_.fetch_add(1) + 1;
  setting_.counters.Add(Count::kRegistrations);
  if (!selector
           ->Add(pair.a.handle(), kToken, Interest::kWritable, Mode::kOneshot)
           .ok()) {
    return Lost("Add: expected OK");
  }
  const bool has_come =
      driver_.Await([&] { return events_.load() >= due; }, setting_.patience);
  selector->Close();
  const std::uint64_t left = kWaiters * (closes_.fetch_add(1) + 1);
  const auto have_left = [&] { return cancelled_.load() >= left; };
  if (!driver_.Await(have_left, setting_.patience)) {
    Lost("lost: expected that Close ends every Wait");
    selector->Close();
    if (driver_.Await(have_left, setting_.patience)) return false;
    // The selector cannot be destroyed, and nobody can make them leave.
    testing::Die("threads stay in Wait after Close");
  }
  if (!absl::IsCancelled(selector->Wake())) {
    return Lost("Wake after Close: expected kCancelled");
  }
  return has_come || Lost("lost: expected one oneshot event, came none");
}

void LifetimeLoad::RunWaiter(Waiter& waiter) {
  std::array<Event, 1> room;
  for (;;) {
    const absl::StatusOr<absl::Span<Event>> woken =
        waiter.inbox->Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    if (!woken.ok()) return;
    Selector* const selector = waiter.task.exchange(nullptr);
    if (selector == nullptr) continue;
    WaitUntilClosed(*selector);
    cancelled_.fetch_add(1);
    driver_.Notify();
  }
}

bool LifetimeLoad::WaitUntilClosed(Selector& selector) {
  std::array<Event, 4> room;
  for (;;) {
    const absl::StatusOr<absl::Span<Event>> ready =
        selector.Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    if (absl::IsCancelled(ready.status())) return true;
    if (!ready.ok()) return Lost(ready.status().ToString());
    if (ready->empty()) return Lost("a Wait ended for nothing");
    setting_.counters.AddEvents(*ready);
    events_.fetch_add(ready->size());
    driver_.Notify();
  }
}

bool LifetimeLoad::Lost(absl::string_view what) {
  setting_.findings.Add(name(), what);
  return false;
}

}  // namespace soak
}  // namespace event_selector
