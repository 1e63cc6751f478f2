#include "tests/soak/oneshot_load.h"

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {
namespace {

constexpr std::size_t kHandles = 6;
constexpr int kArmingsARound = 10;
constexpr absl::Duration kPeriod = absl::Milliseconds(12);
// A token holds the handle's number, and above it the arming's.
constexpr int kArmingShift = 8;
constexpr std::uint64_t kArmingMask = (std::uint64_t{1} << 48) - 1;

}  // namespace

OneshotLoad::OneshotLoad(const Setting& setting)
    : setting_(setting),
      edge_oneshot_((Mode::kOneshot | Mode::kEdge) &
                    setting.pool.selector().capabilities().modes),
      driver_(AddDriver(kPeriod, [this](Driver&) { return Round(); })) {
  setting_.pool.Attach(Owner::kOneshot, *this);
}

void OneshotLoad::Start() {
  for (std::size_t i = 0; i < kHandles; ++i) {
    Shared& shared = handles_.emplace_back();
    shared.pair = testing::MakeStreamPair();
    shared.is_for_reading = i % 2 == 1;
    const absl::Status added = setting_.pool.selector().Add(
        shared.pair.a.handle(), MakeToken(Owner::kOneshot, i), Interest::kNone);
    if (!added.ok()) Report(i, added.ToString());
  }
  StartDrivers();
}

void OneshotLoad::Stop() {
  StopDrivers();
  setting_.pool.Stop();
  handles_.clear();
}

void OneshotLoad::CheckAccounts() {
  for (std::size_t i = 0; i < handles_.size(); ++i) {
    const std::uint64_t armings = handles_[i].armings.load();
    const std::uint64_t events = handles_[i].events.load();
    if (armings == events) continue;
    Report(i, absl::StrCat("expected an event for each of ", armings,
                           " armings, came ", events));
  }
}

bool OneshotLoad::Round() {
  unfinished_.store(handles_.size());
  for (std::size_t i = 0; i < handles_.size(); ++i) {
    handles_[i].budget.store(kArmingsARound);
    Arm(i);
  }
  if (!driver_.Await([this] { return unfinished_.load() == 0; },
                     setting_.patience)) {
    CheckAccounts();
    setting_.findings.Add(name(), "lost: not every arming had its event");
    return false;
  }
  return true;
}

// By the one thread that may: the driver at the beginning of a round, later the
// one that got the last event.
void OneshotLoad::Arm(std::size_t number) {
  Shared& shared = handles_[number];
  const std::uint64_t arming = shared.armings.fetch_add(1) + 1;
  const Interest interest =
      shared.is_for_reading ? Interest::kReadable : Interest::kWritable;
  const Mode mode = number % 3 == 0 ? edge_oneshot_ : Mode::kOneshot;
  const absl::Status armed = setting_.pool.selector().Modify(
      shared.pair.a.handle(),
      MakeToken(Owner::kOneshot,
                ((arming & kArmingMask) << kArmingShift) | number),
      interest, mode);
  setting_.counters.Add(Count::kRegistrations);
  if (!armed.ok()) Report(number, armed.ToString());
  // Behind the arming: another thread may have the event before this returns.
  if (shared.is_for_reading) testing::SendAll(shared.pair.b.handle(), "x");
}

void OneshotLoad::OnEvent(const Event& event, std::uint64_t /*wait_started*/) {
  const std::uint64_t rest = RestOf(event.token);
  const std::size_t number = rest & ((1u << kArmingShift) - 1);
  if (number >= handles_.size()) {
    return Report(number, "an event of a handle that never was");
  }
  Shared& shared = handles_[number];
  const std::uint64_t arming = rest >> kArmingShift;
  const std::uint64_t armings = shared.armings.load();
  const std::uint64_t before = shared.events.fetch_add(1);
  if (arming != (armings & kArmingMask) || before + 1 != armings) {
    Report(number, absl::StrCat("double or stale: an event of arming ", arming,
                                ", expected one of ", armings,
                                ", the events "
                                "before it are ",
                                before));
    return;
  }
  if (shared.holders.fetch_add(1) != 0) {
    Report(number, "another thread has this event, too");
  }
  if (shared.is_for_reading && testing::Drain(shared.pair.a.handle()) != "x") {
    Report(number, "readable, and expected one byte");
  }
  shared.holders.fetch_sub(1);
  if (shared.budget.fetch_sub(1) > 1) {
    Arm(number);
  } else if (unfinished_.fetch_sub(1) == 1) {
    driver_.Notify();
  }
}

void OneshotLoad::Report(std::size_t number, absl::string_view problem) {
  setting_.findings.Add(name(), absl::StrCat("handle ", number, ": ", problem));
}

}  // namespace soak
}  // namespace event_selector
