// The tests of driver_test.cc for what measures the instrumentation.

#include "benchmarks/instrumentation/contestants.h"

#include "benchmarks/driver.h"
#include "benchmarks/drivers/driver_test.h"
#include "event/mode.h"
#include "gtest/gtest.h"

namespace benchmarks {
namespace {

INSTANTIATE_TEST_SUITE_P(Instrumentation, DriverTest,
                         ::testing::ValuesIn(InstrumentationContestants()),
                         ContestantName);

TEST(InstrumentationContestantsTest, AllSupportEveryModeMeasured) {
  for (const Contestant& contestant : InstrumentationContestants()) {
    const auto driver = contestant.make();
    for (const event_selector::Mode mode :
         {event_selector::Mode::kLevel, event_selector::Mode::kEdge,
          event_selector::Mode::kOneshot}) {
      EXPECT_TRUE(driver->Supports(mode)) << contestant.name;
    }
  }
}

TEST(InstrumentationContestantsTest, TheSelectorAsItIsComesFirst) {
  EXPECT_EQ(InstrumentationContestants().front().name, "selector");
}

}  // namespace
}  // namespace benchmarks
