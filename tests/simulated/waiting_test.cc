// W1 to W5 of the contract, on the simulated selector, as far as they speak of
// one thread: tests/simulated/threads_test has the others.

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/testing/simulated_selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/simulated/simulated_test.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;

constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;

TEST_F(SimulatedContract, W1WhatIsReadyTogetherIsReportedTogether) {
  ASSERT_THAT(Add(Token(1), kBoth | Interest::kPriority), IsOk());
  simulation_.AddReadiness(handle_, Readiness::kReadable);
  simulation_.AddReadiness(handle_, Readiness::kWritable);
  simulation_.AddReadiness(handle_, Readiness::kHangup);
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable |
                                                 Readiness::kWritable |
                                                 Readiness::kHangup)));
}

TEST_F(SimulatedContract, W2ZeroAndNegativeTimeoutsTakeNoTime) {
  simulation_.After(absl::Seconds(1), [this] { MakeReadable(); });
  ASSERT_THAT(Add(Token(1)), IsOk());
  EXPECT_THAT(WaitFor(absl::ZeroDuration()), IsEmpty());
  EXPECT_THAT(WaitFor(absl::Seconds(-5)), IsEmpty());
  EXPECT_THAT(WaitFor(-absl::InfiniteDuration()), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::ZeroDuration());
}

TEST_F(SimulatedContract, W2AnInfiniteWaitLastsUntilThereIsSomething) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  simulation_.After(absl::Hours(1), [] {});
  simulation_.After(absl::Hours(9000), [this] { MakeReadable(); });
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), ElementsAre(HasToken(1)));
  EXPECT_EQ(simulation_.now(), absl::Hours(9000));
}

TEST_F(SimulatedContract, W3NeverEarlyAndRoundedUpToTheResolution) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  EXPECT_THAT(WaitFor(absl::Seconds(5)), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(5));
  EXPECT_THAT(WaitFor(absl::Nanoseconds(1) / 4), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(5) + absl::Nanoseconds(1));

  SimulatedSelectorOptions options;
  options.capabilities.timeout_resolution = absl::Milliseconds(1);
  SimulatedSelector coarse(simulation_, options);
  const absl::Duration before = simulation_.now();
  EXPECT_THAT(WaitOn(coarse, absl::Microseconds(1500)), IsEmpty());
  EXPECT_EQ(simulation_.now() - before, absl::Milliseconds(2));
}

TEST_F(SimulatedContract, W4AnEmptySpan) {
  EXPECT_THAT(selector_.Wait({}, absl::ZeroDuration()).status(),
              HasCode(kInvalidArgument));
}

TEST_F(SimulatedContract, W5NobodyWaitsForMoreThanOneTurnOfTheOthers) {
  constexpr int kHandles = 7;
  constexpr std::size_t kRoom = 3;
  for (int i = 0; i < kHandles; ++i) {
    const Handle handle = simulation_.MakeHandle();
    ASSERT_THAT(selector_.Add(handle, Token(i), Interest::kReadable), IsOk());
    simulation_.SetReadiness(handle, Readiness::kReadable);
  }
  std::vector<int> last(kHandles, -1);
  for (int wait = 0; wait < 50; ++wait) {
    const std::vector<Event> events = Poll(kRoom);
    ASSERT_THAT(events, SizeIs(kRoom));
    for (const Event& event : events) {
      int& before = last[event.token.value()];
      EXPECT_LE(wait - before, 3) << event;
      EXPECT_GT(wait, before) << "twice in one Wait";
      before = wait;
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
