// S1 and S2 of the contract, on the simulated selector, as far as they speak of
// one thread: tests/simulated/threads_test has the others.

#include "absl/status/status.h"
#include "absl/time/time.h"
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
using ::testing::UnorderedElementsAre;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

TEST_F(SimulatedContract, S1DestroyingASelectorLeavesTheHandlesOpen) {
  {
    SimulatedSelector selector(simulation_);
    ASSERT_THAT(selector.Add(handle_, Token(1), Interest::kReadable), IsOk());
  }
  EXPECT_TRUE(simulation_.IsOpen(handle_));
  MakeReadable();
  ASSERT_THAT(Add(Token(1)), IsOk());
  EXPECT_THAT(Poll(), SizeIs(1));
}

TEST_F(SimulatedContract, S2AHandleClosedWithoutRemoveBreaksNothingElse) {
  const Handle other = simulation_.MakeHandle();
  ASSERT_THAT(Add(Token(1)), IsOk());
  ASSERT_THAT(selector_.Add(other, Token(2), Interest::kReadable), IsOk());
  MakeReadable();
  simulation_.SetReadiness(other, Readiness::kReadable);
  ASSERT_TRUE(simulation_.CloseHandle(handle_));
  EXPECT_THAT(Poll(), ElementsAre(HasToken(2)));
  EXPECT_THAT(selector_.Remove(handle_), HasCode(kInvalidArgument));
  ASSERT_TRUE(simulation_.Reopen(handle_));
  EXPECT_THAT(selector_.Remove(handle_), HasCode(kNotFound));
  ASSERT_THAT(Add(Token(3)), IsOk());
  MakeReadable();
  EXPECT_THAT(Poll(), UnorderedElementsAre(HasToken(2), HasToken(3)));
}

TEST_F(SimulatedContract, S2AClosedHandleIsGoneFromEverySelector) {
  SimulatedSelector second(simulation_);
  SimulatedSelector third(simulation_);
  ASSERT_THAT(Add(Token(1)), IsOk());
  ASSERT_THAT(second.Add(handle_, Token(2), Interest::kReadable), IsOk());
  ASSERT_THAT(third.Add(handle_, Token(3), Interest::kReadable), IsOk());
  MakeReadable();
  ASSERT_TRUE(simulation_.CloseHandle(handle_));
  for (SimulatedSelector* selector : {&selector_, &second, &third}) {
    EXPECT_EQ(selector->registrations(), 0u);
    EXPECT_THAT(WaitOn(*selector, absl::ZeroDuration()), IsEmpty());
  }
}

// As with epoll: no call can name the old registration any more.
TEST_F(SimulatedContract, S2ClosedWithoutRemoveItLivesOnWithADuplicate) {
  const Handle duplicate = simulation_.Duplicate(handle_);
  ASSERT_THAT(Add(Token(1)), IsOk());
  ASSERT_TRUE(simulation_.CloseHandle(handle_));
  simulation_.SetReadiness(duplicate, Readiness::kReadable);
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  EXPECT_THAT(selector_.Remove(handle_), HasCode(kInvalidArgument));
  EXPECT_THAT(selector_.Remove(duplicate), HasCode(kNotFound));
  ASSERT_TRUE(simulation_.Reopen(handle_));
  EXPECT_THAT(Add(Token(2)), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  ASSERT_TRUE(simulation_.CloseHandle(duplicate));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(selector_.registrations(), 1u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
