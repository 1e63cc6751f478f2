#include "benchmarks/instrumentation/contestants.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/driver.h"
#include "benchmarks/drivers/selector.h"
#include "event/instrumented_selector.h"
#include "event/selector.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

template <typename... Clock>
std::unique_ptr<Driver> MakeInstrumented(Clock... clock) {
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok())
    event_selector::testing::Die(selector.status().ToString());
  return MakeSelectorDriver(
      std::make_unique<event_selector::InstrumentedSelector>(
          *std::move(selector), std::move(clock)...));
}

}  // namespace

std::vector<Contestant> InstrumentationContestants() {
  return {
      {"selector", [] { return MakeSelector(); }},
      {"selector_again", [] { return MakeSelector(); }},
      {"instrumented", [] { return MakeInstrumented(); }},
      {"instrumented_without_clock", [] { return MakeInstrumented(nullptr); }},
  };
}

}  // namespace benchmarks
