// The contract, clause by clause, on the simulated selector: those that speak
// of one thread, and of what no system has a part in.
// tests/simulated/threads_test has the others.

#include "tests/contract/contract_test.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulated/simulated_test.h"

namespace event {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr auto kAlreadyExists = absl::StatusCode::kAlreadyExists;
constexpr auto kCancelled = absl::StatusCode::kCancelled;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;

class SimulatedContract : public SimulatedTest {
 protected:
  void Set(Readiness readiness) {
    ASSERT_TRUE(simulation_.SetReadiness(handle_, readiness));
  }
  void MakeReadable() { Set(Readiness::kReadable); }

  absl::Status Add(Token token, Interest interest = Interest::kReadable,
                   Mode mode = Mode::kLevel) {
    return selector_.Add(handle_, token, interest, mode);
  }
  absl::Status Modify(Token token, Interest interest = Interest::kReadable,
                      Mode mode = Mode::kLevel) {
    return selector_.Modify(handle_, token, interest, mode);
  }

  Handle handle_ = simulation_.MakeHandle();
};

// ---- Registration

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
  const Handle file = simulation_.MakeUnpollableHandle();
  for (const Handle wrong : {closed, kInvalidHandle, Handle{0}, file}) {
    SCOPED_TRACE(wrong);
    EXPECT_THAT(selector_.Add(wrong, Token(1), Interest::kReadable),
                HasCode(kInvalidArgument));
    EXPECT_THAT(selector_.Modify(wrong, Token(1), Interest::kReadable),
                HasCode(kInvalidArgument));
    EXPECT_THAT(selector_.Remove(wrong), HasCode(kInvalidArgument));
  }
  EXPECT_THAT(std::string(selector_.Remove(file).message()),
              HasSubstr("not pollable"));
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
  ASSERT_THAT(selector.Modify(handle_, Token(1), Interest::kReadable), IsOk());
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

// ---- Modes

TEST_F(SimulatedContract, M1LevelIsReportedWhileTheConditionHolds) {
  ASSERT_THAT(Add(Token(1)), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  MakeReadable();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
  }
  simulation_.ClearReadiness(handle_, Readiness::kReadable);
  EXPECT_THAT(WaitFor(absl::Seconds(1)), IsEmpty());
}

TEST_F(SimulatedContract, M2EdgeReportsAConditionThatHeldBeforeAdd) {
  MakeReadable();
  ASSERT_THAT(Add(Token(1), Interest::kReadable, Mode::kEdge), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_THAT(Poll(), IsEmpty()) << "the data are still unread";
  ASSERT_THAT(Modify(Token(2), Interest::kReadable, Mode::kEdge), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(2, Readiness::kReadable)));
}

TEST_F(SimulatedContract, M2EdgeReportsEachLaterChangeToReady) {
  ASSERT_THAT(Add(Token(1), Interest::kReadable, Mode::kEdge), IsOk());
  for (int i = 0; i < 3; ++i) {
    MakeReadable();
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
    EXPECT_THAT(Poll(), IsEmpty());
    simulation_.ClearReadiness(handle_, Readiness::kReadable);
  }
  // What holds goes on; more data came.
  MakeReadable();
  EXPECT_THAT(Poll(), SizeIs(1));
  MakeReadable();
  EXPECT_THAT(Poll(), IsEmpty());
  simulation_.AddReadiness(handle_, Readiness::kReadable);
  EXPECT_THAT(Poll(), SizeIs(1));
}

TEST_F(SimulatedContract, M2WhatIsOverBeforeItIsFetchedIsNotReported) {
  ASSERT_THAT(Add(Token(1), Interest::kReadable, Mode::kEdge), IsOk());
  MakeReadable();
  Set(Readiness());
  EXPECT_THAT(Poll(), IsEmpty());
  MakeReadable();
  EXPECT_THAT(Poll(), SizeIs(1));
}

TEST_F(SimulatedContract, M3M4OneshotReportsOnceUntilModify) {
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge | Mode::kOneshot}) {
    SCOPED_TRACE(mode);
    Set(Readiness());
    ASSERT_THAT(Add(Token(1), kBoth, mode), IsOk());
    MakeReadable();
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
    // Both directions, and hang-up.
    Set(Readiness::kReadable | Readiness::kWritable | Readiness::kHangup);
    simulation_.AddReadiness(handle_, Readiness::kReadable);
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_THAT(Add(Token(2)), HasCode(kAlreadyExists));
    ASSERT_THAT(Modify(Token(2), Interest::kWritable, mode), IsOk());
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(
                            2, Readiness::kWritable | Readiness::kHangup)));
    EXPECT_THAT(Poll(), IsEmpty());
    ASSERT_THAT(selector_.Remove(handle_), IsOk());
  }
}

TEST_F(SimulatedContract, M5OneChangeReachesAtLeastOneAndNotAll) {
  constexpr int kSelectors = 4;
  std::vector<std::unique_ptr<SimulatedSelector>> selectors;
  for (int i = 0; i < kSelectors; ++i) {
    selectors.push_back(std::make_unique<SimulatedSelector>(simulation_));
    ASSERT_THAT(selectors.back()->Add(handle_, Token(1), Interest::kReadable,
                                      Mode::kExclusive),
                IsOk());
  }
  // Besides, one that is not exclusive always hears of it.
  ASSERT_THAT(Add(Token(2)), IsOk());
  std::set<int> reached_ever;
  for (int i = 0; i < 100; ++i) {
    MakeReadable();
    int reached = 0;
    for (int j = 0; j < kSelectors; ++j) {
      if (WaitOn(*selectors[j], absl::ZeroDuration()).empty()) continue;
      ++reached;
      reached_ever.insert(j);
    }
    EXPECT_GE(reached, 1);
    EXPECT_LT(reached, kSelectors);
    EXPECT_THAT(Poll(), ElementsAre(HasToken(2)));
    Set(Readiness());
  }
  EXPECT_THAT(reached_ever, SizeIs(kSelectors)) << "by turns";
}

TEST_F(SimulatedContract, M5AChangeIsNotLostWithTheSelectorThatHadIt) {
  for (int how = 0; how < 3; ++how) {
    SCOPED_TRACE(how);
    Simulation simulation;
    const Handle handle = simulation.MakeHandle();
    std::vector<std::unique_ptr<SimulatedSelector>> selectors;
    for (int i = 0; i < 4; ++i) {
      selectors.push_back(std::make_unique<SimulatedSelector>(simulation));
      ASSERT_THAT(selectors.back()->Add(handle, Token(1), Interest::kReadable,
                                        Mode::kExclusive | Mode::kEdge),
                  IsOk());
    }
    simulation.SetReadiness(handle, Readiness::kReadable);
    // Only the last one is left, whoever had it.
    for (int i = 0; i < 3; ++i) {
      if (how == 0) {
        ASSERT_THAT(selectors[i]->Remove(handle), IsOk());
      }
      if (how == 1) selectors[i]->Close();
      if (how == 2) selectors[i].reset();
    }
    EXPECT_THAT(WaitOn(*selectors[3], absl::ZeroDuration()), SizeIs(1));
  }
}

TEST_F(SimulatedContract, M5WhatExclusiveAllows) {
  EXPECT_THAT(
      Add(Token(1), Interest::kReadable, Mode::kExclusive | Mode::kOneshot),
      HasCode(kInvalidArgument));
  EXPECT_THAT(Add(Token(1), Interest::kPriority, Mode::kExclusive),
              HasCode(kInvalidArgument));
  ASSERT_THAT(Add(Token(1), kBoth, Mode::kExclusive | Mode::kEdge), IsOk());
  const absl::Status modified = Modify(Token(2));
  EXPECT_THAT(modified, HasCode(kInvalidArgument));
  EXPECT_THAT(std::string(modified.message()), HasSubstr("kExclusive"));
  MakeReadable();
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  EXPECT_THAT(selector_.Remove(handle_), IsOk());
  ASSERT_THAT(Add(Token(1)), IsOk());
  EXPECT_THAT(Modify(Token(2), Interest::kReadable, Mode::kExclusive),
              HasCode(kInvalidArgument));
}

TEST_F(SimulatedContract, M6KeepAwakeReportsAsWithoutIt) {
  ASSERT_THAT(
      Add(Token(1), Interest::kReadable, Mode::kKeepAwake | Mode::kOneshot),
      IsOk());
  MakeReadable();
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(SimulatedContract, WhatCapabilitiesDoNotListIsRefusedByName) {
  SimulatedSelectorOptions options;
  options.capabilities.modes = Mode::kOneshot;
  options.capabilities.interests = kBoth;
  SimulatedSelector selector(simulation_, options);
  EXPECT_EQ(selector.capabilities().modes, Mode::kOneshot);
  const absl::Status edge =
      selector.Add(handle_, Token(1), Interest::kReadable, Mode::kEdge);
  EXPECT_THAT(edge, HasCode(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(std::string(edge.message()), HasSubstr("simulated"));
  EXPECT_THAT(std::string(edge.message()), HasSubstr("edge"));
  EXPECT_THAT(selector.Add(handle_, Token(1), Interest::kPriority),
              HasCode(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(selector.Remove(handle_), HasCode(kNotFound));
}

// ---- Waiting

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

// ---- Waking and closing

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

// ---- Resources

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
}  // namespace event
