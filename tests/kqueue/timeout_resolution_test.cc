#include "backends/kqueue/timeout_resolution.h"

#include "absl/time/time.h"
#include "backends/kqueue/kqueue_selector.h"
#include "event/capabilities.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace kqueue {
namespace {

TEST(TimeoutResolutionTest, IsATickWhereTheSystemCountsThem) {
  EXPECT_EQ(ResolutionOfTicks(100), absl::Milliseconds(10));
  EXPECT_EQ(ResolutionOfTicks(1000), absl::Milliseconds(1));
  EXPECT_EQ(ResolutionOfTicks(0), absl::Nanoseconds(1));
}

TEST(TimeoutResolutionTest, IsWhatTheSelectorSays) {
  const auto selector = KqueueSelector::Create();
  ASSERT_TRUE(selector.ok());
  EXPECT_EQ((*selector)->capabilities().timeout_resolution,
            TimeoutResolution());
}

}  // namespace
}  // namespace kqueue
}  // namespace event_selector
