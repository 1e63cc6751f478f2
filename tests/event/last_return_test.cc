#include "event/internal/last_return.h"

#include <cstdint>
#include <thread>

#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

// As a `Wait` of `selector` that returns at `now_ns`.
void Return(std::uint64_t selector, std::int64_t now_ns) {
  LastReturn& entry = LastReturnOf(selector);
  entry.has_returned = true;
  entry.time_ns = now_ns;
}

class LastReturnTest : public ::testing::Test {
 protected:
  LastReturnTest() { last_returns = {}; }
};

TEST_F(LastReturnTest, OneThatDidNotReturnYetSaysSo) {
  EXPECT_FALSE(LastReturnOf(1).has_returned);
  EXPECT_FALSE(LastReturnOf(1).has_returned);
}

TEST_F(LastReturnTest, IsKeptForSeveralSelectors) {
  for (std::uint64_t selector = 1; selector <= kLastReturns; ++selector) {
    Return(selector, static_cast<std::int64_t>(100 * selector));
  }
  for (std::uint64_t selector = 1; selector <= kLastReturns; ++selector) {
    const LastReturn& entry = LastReturnOf(selector);
    EXPECT_TRUE(entry.has_returned);
    EXPECT_EQ(entry.time_ns, static_cast<std::int64_t>(100 * selector));
  }
}

TEST_F(LastReturnTest, TheOneNotUsedForLongestIsForgottenFirst) {
  // By use, not by time: of clocks there may be several, which begin anywhere.
  for (std::uint64_t selector = 1; selector <= kLastReturns; ++selector) {
    Return(selector, -static_cast<std::int64_t>(100 * selector));
  }
  EXPECT_TRUE(LastReturnOf(1).has_returned);
  EXPECT_FALSE(LastReturnOf(99).has_returned);
  EXPECT_TRUE(LastReturnOf(1).has_returned);
  EXPECT_TRUE(LastReturnOf(3).has_returned);
  EXPECT_FALSE(LastReturnOf(2).has_returned);
}

TEST_F(LastReturnTest, EachThreadHasItsOwn) {
  Return(1, 10);
  std::thread([] {
    EXPECT_FALSE(LastReturnOf(1).has_returned);
    Return(1, 30);
  }).join();
  EXPECT_EQ(LastReturnOf(1).time_ns, 10);
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
