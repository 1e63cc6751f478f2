// K1 to K3, K5 of the contract, on the simulated selector, as far as they speak
// of one thread: tests/simulated/threads_test has the others.

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
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

constexpr auto kCancelled = absl::StatusCode::kCancelled;

TEST_F(SimulatedContract, K1K2WakeUpsBeforeWaitCountAsOne) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(selector_.Wake(), IsOk());
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::ZeroDuration());
  EXPECT_THAT(WaitFor(absl::Seconds(1)), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
}

TEST_F(SimulatedContract, K1AWakeUpDuringWaitEndsIt) {
  simulation_.After(absl::Seconds(1),
                    [this] { EXPECT_THAT(selector_.Wake(), IsOk()); });
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
}

TEST_F(SimulatedContract, K2AWaitThatReturnsEventsUsesTheWakeUpUp) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  MakeReadable();
  ASSERT_THAT(selector_.Wake(), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  Set(Readiness());
  EXPECT_THAT(WaitFor(absl::Seconds(1)), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
}

TEST_F(SimulatedContract, K3AWakeUpTakesNoRoomAndHidesNoEvent) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  MakeReadable();
  ASSERT_THAT(selector_.Wake(), IsOk());
  EXPECT_THAT(Poll(/*room=*/1), ElementsAre(HasToken(1)));
}

TEST_F(SimulatedContract, K5CloseEndsEverything) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  simulation_.After(absl::Seconds(1), [this] { selector_.Close(); });
  std::vector<Event> room(4);
  EXPECT_THAT(
      selector_.Wait(absl::MakeSpan(room), absl::InfiniteDuration()).status(),
      HasCode(kCancelled));
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
  selector_.Close();
  EXPECT_THAT(
      selector_.Wait(absl::MakeSpan(room), absl::ZeroDuration()).status(),
      HasCode(kCancelled));
  EXPECT_THAT(Add(Token(1)), HasCode(kCancelled));
  EXPECT_THAT(Modify(Token(1)), HasCode(kCancelled));
  EXPECT_THAT(selector_.Remove(handle_), HasCode(kCancelled));
  EXPECT_THAT(selector_.Wake(), HasCode(kCancelled));
  EXPECT_EQ(selector_.name(), "simulated");
  EXPECT_EQ(selector_.capabilities().modes, EveryCapability().modes);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
