#include "tests/soak/timeout_load.h"

#include <array>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/token.h"
#include "tests/contract/stopwatch.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/setting.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {
namespace {

constexpr absl::Duration kPeriod = absl::Milliseconds(1);
constexpr absl::Duration kTimeouts[] = {
    absl::ZeroDuration(),     absl::Nanoseconds(1),     absl::Microseconds(10),
    absl::Microseconds(300),  absl::Microseconds(999),  absl::Milliseconds(1),
    absl::Microseconds(1001), absl::Microseconds(1500), -absl::Seconds(1),
    absl::Milliseconds(7),    absl::Milliseconds(20),
};

}  // namespace

TimeoutLoad::TimeoutLoad(const Setting& setting) : setting_(setting) {
  AddDriver(kPeriod, [this](Driver&) { return Round(); });
}

void TimeoutLoad::Start() {
  selector_ = setting_.create();
  setting_.counters.Add(Count::kSelectors);
  silent_ = testing::MakeStreamPair();
  const absl::Status added =
      selector_->Add(silent_.a.handle(), Token(1), Interest::kReadable);
  if (!added.ok()) setting_.findings.Add(name(), added.ToString());
  StartDrivers();
}

void TimeoutLoad::Stop() {
  StopDrivers();
  selector_.reset();
  silent_ = {};
}

bool TimeoutLoad::Round() {
  for (const absl::Duration timeout : kTimeouts) {
    if (!WaitFor(timeout)) return false;
  }
  return true;
}

bool TimeoutLoad::WaitFor(absl::Duration timeout) {
  std::array<Event, 4> room;
  const testing::Stopwatch stopwatch;
  const absl::StatusOr<absl::Span<Event>> ready =
      selector_->Wait(absl::MakeSpan(room), timeout);
  const absl::Duration elapsed = stopwatch.Elapsed();
  setting_.counters.Add(Count::kTimedWaits);
  if (ready.ok() && ready->empty() && elapsed >= timeout) return true;
  setting_.findings.Add(name(),
                        absl::StrCat("expected nothing for ",
                                     absl::FormatDuration(timeout), ", came ",
                                     !ready.ok() ? ready.status().ToString()
                                     : ready->empty() ? "the end"
                                                      : "an event",
                                     " after ", absl::FormatDuration(elapsed)));
  return false;
}

}  // namespace soak
}  // namespace event_selector
