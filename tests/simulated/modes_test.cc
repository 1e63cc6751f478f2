// M1 to M6 of the contract, on the simulated selector, as far as they speak of
// one thread: tests/simulated/threads_test has the others.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
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
using ::testing::SizeIs;

constexpr auto kAlreadyExists = absl::StatusCode::kAlreadyExists;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;

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

}  // namespace
}  // namespace testing
}  // namespace event_selector
