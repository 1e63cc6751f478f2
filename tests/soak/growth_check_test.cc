#include "tests/soak/growth_check.h"

#include <cstddef>
#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/soak/process_usage.h"

namespace event_selector {
namespace soak {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ProcessUsage Usage(std::size_t descriptors, std::size_t resident,
                   std::size_t heap) {
  ProcessUsage usage;
  usage.descriptors = descriptors;
  usage.resident_bytes = resident;
  usage.heap_bytes = heap;
  return usage;
}

GrowthLimits Limits() {
  GrowthLimits limits;
  limits.heap_bytes = 10;
  limits.resident_bytes = 100;
  limits.descriptors = 0;
  return limits;
}

TEST(GrowthCheckTest, MemoryMayGrowDuringTheWarmUp) {
  GrowthCheck check(Limits());
  EXPECT_THAT(check.Look(Usage(5, 1000, 1000), true), IsEmpty());
  EXPECT_THAT(check.Look(Usage(5, 9000, 9000), true), IsEmpty());
  EXPECT_THAT(check.Look(Usage(5, 9000, 9000), false), IsEmpty());
}

TEST(GrowthCheckTest, LaterItMayGrowByTheMargin) {
  GrowthCheck check(Limits());
  check.Look(Usage(5, 1000, 1000), true);
  check.Look(Usage(5, 900, 900), true);
  EXPECT_THAT(check.Look(Usage(5, 1100, 1010), false), IsEmpty());
  EXPECT_THAT(check.Look(Usage(5, 1101, 1010), false),
              ElementsAre(HasSubstr("resident")));
  EXPECT_THAT(check.Look(Usage(5, 1100, 1011), false),
              ElementsAre(HasSubstr("bytes of heap: expected at most "
                                    "1000 + 10, came 1011")));
}

// Small steps are no way round.
TEST(GrowthCheckTest, TheMarginIsNotMovedByLooksAfterTheWarmUp) {
  GrowthCheck check(Limits());
  check.Look(Usage(5, 1000, 1000), true);
  EXPECT_THAT(check.Look(Usage(5, 1000, 1008), false), IsEmpty());
  EXPECT_THAT(check.Look(Usage(5, 1000, 1016), false),
              ElementsAre(HasSubstr("heap")));
}

TEST(GrowthCheckTest, DescriptorsMayNeverGrow) {
  GrowthCheck check(Limits());
  check.Look(Usage(5, 1000, 1000), true);
  EXPECT_THAT(check.Look(Usage(4, 1000, 1000), true), IsEmpty());
  EXPECT_THAT(check.Look(Usage(6, 1000, 1000), true),
              ElementsAre(HasSubstr("descriptors")));
}

TEST(GrowthCheckTest, WhatIsNotKnownIsNotCompared) {
  GrowthCheck check(Limits());
  EXPECT_THAT(check.Look(ProcessUsage(), true), IsEmpty());
  EXPECT_THAT(check.Look(ProcessUsage(), false), IsEmpty());
}

// What the limits promise.
TEST(GrowthCheckTest, ASmallLeakIsFoundInAnHour) {
  constexpr std::size_t kEvents = 10'000'000;
  constexpr std::size_t kBlock = 32;  // What malloc takes for 16 bytes.
  GrowthCheck check{GrowthLimits()};
  check.Look(Usage(5, 1 << 22, 1 << 17), true);
  EXPECT_THAT(
      check.Look(Usage(5, 1 << 22, (1 << 17) + kEvents / 10'000 * kBlock),
                 false),
      ElementsAre(HasSubstr("heap")));
}

}  // namespace
}  // namespace soak
}  // namespace event_selector
