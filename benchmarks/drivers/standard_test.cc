// The tests of driver_test.cc for the contestants that need nothing but this
// library and the system.

#include <string>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/contestants.h"
#include "benchmarks/drivers/driver_test.h"
#include "event/mode.h"
#include "gtest/gtest.h"

namespace benchmarks {
namespace {

INSTANTIATE_TEST_SUITE_P(Standard, DriverTest,
                         ::testing::ValuesIn(StandardContestants()),
                         ContestantName);

TEST(StandardContestantsTest, AllButPollSupportEveryMode) {
  for (const Contestant& contestant : StandardContestants()) {
    const auto driver = contestant.make();
    const bool is_poll = contestant.name == "poll";
    EXPECT_TRUE(driver->Supports(event_selector::Mode::kLevel))
        << contestant.name;
    EXPECT_TRUE(driver->Supports(event_selector::Mode::kOneshot))
        << contestant.name;
    EXPECT_EQ(driver->Supports(event_selector::Mode::kEdge), !is_poll);
    EXPECT_EQ(driver->Supports(event_selector::Mode::kEdge |
                               event_selector::Mode::kOneshot),
              !is_poll);
  }
}

TEST(StandardContestantsTest, TheBaselineIsFirst) {
  EXPECT_EQ(StandardContestants().front().name, "raw_epoll");
}

}  // namespace
}  // namespace benchmarks
