// R1 to R8 of the contract, on the simulated selector, as far as they speak of
// one thread: tests/simulated/threads_test has the others.

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr auto kAlreadyExists = absl::StatusCode::kAlreadyExists;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;

TEST_F(SimulatedContract, R1SecondAddFailsAndTheFirstStands) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  EXPECT_THAT(Add(Token(2), Interest::kWritable), HasCode(kAlreadyExists));
  Set(Readiness::kWritable);
  EXPECT_THAT(Poll(), IsEmpty());
  MakeReadable();
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_F(SimulatedContract, R2ModifyAndRemoveNeedARegistration) {
  EXPECT_THAT(Modify(Token(1)), HasCode(kNotFound));
  EXPECT_THAT(selector_.Remove(handle_), HasCode(kNotFound));
  ASSERT_THAT(Add(Token(1)), IsOk());
  ASSERT_THAT(selector_.Remove(handle_), IsOk());
  EXPECT_THAT(Modify(Token(1)), HasCode(kNotFound));
  EXPECT_THAT(selector_.Remove(handle_), HasCode(kNotFound));
  MakeReadable();
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(SimulatedContract, R3HandlesThatAreNotOpenOrCannotBeWatched) {
  const Handle closed = simulation_.MakeHandle();
  ASSERT_TRUE(simulation_.CloseHandle(closed));
  for (const Handle wrong : {closed, kInvalidHandle, Handle{0}}) {
    SCOPED_TRACE(wrong);
    EXPECT_THAT(selector_.Add(wrong, Token(1), Interest::kReadable),
                HasCode(kInvalidArgument));
    EXPECT_THAT(
        selector_.Modify(wrong, Token(1), Interest::kReadable, Mode::kLevel),
        HasCode(kInvalidArgument));
    EXPECT_THAT(selector_.Remove(wrong), HasCode(kInvalidArgument));
  }
  const Handle file = simulation_.MakeUnpollableHandle();
  for (const absl::Status& status :
       {selector_.Add(file, Token(1), Interest::kReadable),
        selector_.Modify(file, Token(1), Interest::kReadable, Mode::kLevel),
        selector_.Remove(file)}) {
    EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
    EXPECT_THAT(std::string(status.message()), HasSubstr("not pollable"));
  }
}

TEST_F(SimulatedContract, R3BitsThatNameNothing) {
  EXPECT_THAT(Add(Token(1), Interest::FromBits(1u << 20)),
              HasCode(kInvalidArgument));
  EXPECT_THAT(Add(Token(1), Interest::kReadable, Mode::FromBits(1u << 3)),
              HasCode(kInvalidArgument));
  EXPECT_THAT(selector_.Remove(handle_), HasCode(kNotFound));
}

TEST_F(SimulatedContract, R4ModifyReplacesTheTokenOfAPendingEvent) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    SCOPED_TRACE(mode);
    Set(Readiness());
    ASSERT_THAT(Add(Token(1), Interest::kReadable, mode), IsOk());
    MakeReadable();
    ASSERT_THAT(Modify(Token(2), Interest::kReadable, mode), IsOk());
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(2, Readiness::kReadable)));
    ASSERT_THAT(selector_.Remove(handle_), IsOk());
  }
}

TEST_F(SimulatedContract, R4ModifyGivesUpTheOldInterestOfAPendingEvent) {
  ASSERT_THAT(Add(Token(1), kBoth), IsOk());
  MakeReadable();
  ASSERT_THAT(Modify(Token(1), Interest::kWritable), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  Set(Readiness::kWritable);
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kWritable)));
}

TEST_F(SimulatedContract, R4AModifyThatFailsChangesNothing) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  EXPECT_THAT(Modify(Token(2), Interest::FromBits(1u << 20)),
              HasCode(kInvalidArgument));
  selector_.FailNext(SelectorCall::Kind::kModify,
                     absl::ResourceExhaustedError("no memory"));
  EXPECT_THAT(Modify(Token(3)), HasCode(absl::StatusCode::kResourceExhausted));
  MakeReadable();
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_F(SimulatedContract, R5NothingAfterRemoveAlsoWhenTheNumberIsUsedAgain) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  MakeReadable();
  ASSERT_THAT(selector_.Remove(handle_), IsOk());
  ASSERT_TRUE(simulation_.CloseHandle(handle_));
  ASSERT_TRUE(simulation_.Reopen(handle_));
  MakeReadable();
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_THAT(Add(Token(2)), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(2, Readiness::kReadable)));
}

TEST_F(SimulatedContract, R6AParkedHandleReportsEachHangupOnceInAnyMode) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge}) {
    SCOPED_TRACE(mode);
    Set(Readiness::kReadable | Readiness::kWritable);
    ASSERT_THAT(Add(Token(1), Interest::kNone, mode), IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
    Set(Readiness::kReadable | Readiness::kHangup);
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kHangup)));
    EXPECT_THAT(Poll(), IsEmpty());
    simulation_.AddReadiness(handle_, Readiness::kError);
    EXPECT_THAT(Poll(), ElementsAre(IsEventWith(1, Readiness::kError)));
    EXPECT_THAT(Poll(), IsEmpty());
    ASSERT_THAT(Modify(Token(2)), IsOk());
    EXPECT_THAT(Poll(), ElementsAre(IsEventWith(2, Readiness::kHangup)));
    ASSERT_THAT(selector_.Remove(handle_), IsOk());
  }
}

TEST_F(SimulatedContract, R6NothingWhereTheCapabilitiesDoNotListIt) {
  SimulatedSelectorOptions options;
  options.capabilities.hangup_without_interest = false;
  SimulatedSelector selector(simulation_, options);
  ASSERT_THAT(selector.Add(handle_, Token(1), Interest::kNone), IsOk());
  Set(Readiness::kHangup);
  EXPECT_THAT(WaitOn(selector, absl::ZeroDuration()), IsEmpty());
  ASSERT_THAT(
      selector.Modify(handle_, Token(1), Interest::kReadable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitOn(selector, absl::ZeroDuration()),
              ElementsAre(IsEvent(1, Readiness::kHangup)));
}

TEST_F(SimulatedContract, R7DuplicatesAreTwoRegistrations) {
  const Handle duplicate = simulation_.Duplicate(handle_);
  ASSERT_THAT(Add(Token(1)), IsOk());
  ASSERT_THAT(selector_.Add(duplicate, Token(2), Interest::kReadable), IsOk());
  MakeReadable();
  EXPECT_THAT(Poll(), UnorderedElementsAre(HasToken(1), HasToken(2)));
  ASSERT_THAT(selector_.Remove(handle_), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(2)));
}

TEST_F(SimulatedContract, R8EveryTokenComesBackAsItWasGiven) {
  MakeReadable();
  for (const std::uint64_t token :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 63,
        std::numeric_limits<std::uint64_t>::max()}) {
    ASSERT_THAT(Add(Token(token)), IsOk());
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(token, Readiness::kReadable)));
    ASSERT_THAT(selector_.Remove(handle_), IsOk());
  }
}

TEST_F(SimulatedContract, R8RegistrationsMayShareAToken) {
  const Handle other = simulation_.MakeHandle();
  ASSERT_THAT(Add(Token(1)), IsOk());
  ASSERT_THAT(selector_.Add(other, Token(1), Interest::kWritable), IsOk());
  MakeReadable();
  simulation_.SetReadiness(other, Readiness::kWritable);
  EXPECT_THAT(Poll(), UnorderedElementsAre(IsEvent(1, Readiness::kReadable),
                                           IsEvent(1, Readiness::kWritable)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
