// The driver can fail: it finds each fault that is planted into a selector, and
// shows it by a short script.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/mode.h"
#include "event/selector.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/model/campaign.h"
#include "tests/model/faulty_selector.h"
#include "tests/model/runner.h"

namespace event_selector {
namespace testing {
namespace {

class FaultsTest : public ::testing::TestWithParam<Fault> {};

std::vector<Fault> EveryFault() {
  std::vector<Fault> faults;
  for (int i = 1; i < kFaults; ++i) faults.push_back(static_cast<Fault>(i));
  return faults;
}

INSTANTIATE_TEST_SUITE_P(EveryFault, FaultsTest,
                         ::testing::ValuesIn(EveryFault()),
                         ::testing::PrintToStringParamName());

// Whether `selector` can show `fault` at all.
bool IsPossible(Fault fault, const Selector& selector) {
  const Capabilities capabilities = selector.capabilities();
  switch (fault) {
    case Fault::kIgnoresOneshot:
    case Fault::kRearmsByItself:
      return capabilities.modes.contains(Mode::kOneshot);
    case Fault::kIgnoresEdge:
      return capabilities.modes.contains(Mode::kEdge);
    case Fault::kSpinsOnParked:
      return capabilities.hangup_without_interest;
    default:
      return true;
  }
}

TEST_P(FaultsTest, IsFoundAndShownByAShortScript) {
  for (const Backend& backend : AllBackendsUnderTest()) {
    // The fault is in a decorator itself: it would be the same one again.
    if (backend.is_instrumented) continue;
    SCOPED_TRACE(backend);
    Runner::Create create = CreateOf(backend);
    create.make = [&backend]() -> absl::StatusOr<std::unique_ptr<Selector>> {
      absl::StatusOr<std::unique_ptr<Selector>> selector = backend.create();
      if (!selector.ok()) return selector.status();
      return std::make_unique<FaultySelector>(*std::move(selector), GetParam());
    };
    if (!IsPossible(GetParam(), **create.make())) continue;
    CampaignOptions options;
    options.steps = 200 * 1000;
    options.script_length = 2000;
    options.patience = absl::Seconds(2);
    const CampaignResult result = RunCampaign(create, options);
    ASSERT_TRUE(result.failure.has_value());
    EXPECT_LE(result.failure->script.size(), 25u) << result.failure->ToString();
    RecordProperty("steps", std::to_string(result.steps));
    RecordProperty("script", result.failure->ToString());
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
