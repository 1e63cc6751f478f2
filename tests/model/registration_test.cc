#include "tests/model/registration.h"

#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace testing {
namespace {

constexpr Readiness kNothing;
constexpr Readiness kReadable = Readiness::kReadable;
constexpr Readiness kWritable = Readiness::kWritable;
constexpr Readiness kHangup = Readiness::kHangup;

Registration Armed(Interest interest, Mode mode, bool is_delayed = false) {
  Registration registration(0, 0, is_delayed);
  registration.Arm(1, interest, mode, 10);
  return registration;
}

TEST(RegistrationModelTest, LevelReportsWhatHoldsAndIsAskedFor) {
  Registration level = Armed(Interest::kReadable, Mode::kLevel);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(level.Must(kReadable | kWritable), kReadable);
    EXPECT_EQ(level.May(kReadable | kWritable, 10), kReadable);
    level.Report(kReadable, kReadable, 10);
  }
  EXPECT_EQ(level.Must(kWritable), kNothing);
  EXPECT_EQ(level.May(kWritable, 10), kNothing);
  EXPECT_EQ(level.Must(kHangup | kWritable), kHangup);
}

TEST(RegistrationModelTest, EdgeOwesTheFirstReport) {
  Registration edge = Armed(Interest::kReadable, Mode::kEdge);
  EXPECT_EQ(edge.Must(kReadable), kReadable);
  edge.Report(kReadable, kReadable, 10);
  EXPECT_EQ(edge.Must(kReadable), kNothing);
  EXPECT_EQ(edge.May(kReadable, 10), kNothing);
}

TEST(RegistrationModelTest, EdgeMayReportMoreAfterActivityOnly) {
  Registration edge = Armed(Interest::kReadable, Mode::kEdge);
  edge.Report(kReadable, kReadable, 10);
  EXPECT_EQ(edge.May(kReadable, 11), kReadable);
  EXPECT_EQ(edge.Must(kReadable), kNothing);
  edge.Report(kReadable, kReadable, 11);
  EXPECT_EQ(edge.May(kReadable, 11), kNothing);
}

TEST(RegistrationModelTest, EdgeOwesAReportAfterEachChange) {
  Registration edge =
      Armed(Interest::kReadable | Interest::kWritable, Mode::kEdge);
  edge.Report(kReadable | kWritable, kReadable | kWritable, 10);
  edge.SeeUnready(kReadable);
  EXPECT_EQ(edge.Must(kWritable), kNothing);
  EXPECT_EQ(edge.Must(kReadable | kWritable), kReadable);
  edge.Report(kReadable | kWritable, kReadable | kWritable, 11);
  EXPECT_EQ(edge.Must(kReadable | kWritable), kNothing);
}

TEST(RegistrationModelTest, EdgeOwesWhatDidNotHoldWhenItReported) {
  Registration edge =
      Armed(Interest::kReadable | Interest::kWritable, Mode::kEdge);
  edge.Report(kWritable, kWritable, 10);
  EXPECT_EQ(edge.Must(kReadable | kWritable), kReadable);
}

TEST(RegistrationModelTest, OneshotReportsOnceUntilArmed) {
  for (const Mode mode : {Mode::kOneshot, Mode::kOneshot | Mode::kEdge}) {
    Registration oneshot = Armed(Interest::kReadable, mode);
    EXPECT_EQ(oneshot.Must(kReadable), kReadable);
    oneshot.Report(kReadable, kReadable, 10);
    EXPECT_EQ(oneshot.Must(kReadable | kHangup), kNothing);
    EXPECT_EQ(oneshot.May(kReadable | kHangup, 99), kNothing);
    oneshot.Arm(2, Interest::kReadable, mode, 99);
    EXPECT_EQ(oneshot.Must(kReadable), kReadable);
    EXPECT_EQ(oneshot.token(), 2u);
  }
}

TEST(RegistrationModelTest, ParkedReportsHangupOnceInAnyMode) {
  Registration parked = Armed(Interest::kNone, Mode::kLevel);
  EXPECT_TRUE(parked.is_parked());
  EXPECT_EQ(parked.Must(kReadable | kWritable), kNothing);
  EXPECT_EQ(parked.Must(kReadable | kHangup), kHangup);
  parked.Report(kHangup, kReadable | kHangup, 10);
  EXPECT_EQ(parked.May(kReadable | kHangup, 10), kNothing);
}

TEST(RegistrationModelTest, AnOrphanMayReportButNeedNot) {
  Registration orphan = Armed(Interest::kReadable, Mode::kLevel);
  orphan.Orphan();
  EXPECT_EQ(orphan.Must(kReadable), kNothing);
  EXPECT_EQ(orphan.May(kReadable, 10), kReadable);
}

TEST(RegistrationModelTest, WhatMayHaveBeenReportedNeedNotComeAgain) {
  Registration oneshot = Armed(Interest::kReadable, Mode::kOneshot);
  oneshot.MayHaveReported();
  EXPECT_EQ(oneshot.Must(kReadable), kNothing);
  EXPECT_EQ(oneshot.May(kReadable, 10), kReadable);
  oneshot.Report(kReadable, kReadable, 10);
  EXPECT_EQ(oneshot.May(kReadable, 10), kNothing);
  // A level-triggered one reports on and on, so nothing is uncertain.
  Registration level = Armed(Interest::kReadable, Mode::kLevel);
  level.MayHaveReported();
  EXPECT_EQ(level.Must(kReadable), kReadable);
}

TEST(RegistrationModelTest, WhatIsUnderWayMayComeLateButNotForEver) {
  Registration edge = Armed(Interest::kReadable, Mode::kEdge, true);
  int reports = 0;
  while (!edge.May(kReadable, 10).empty() && reports < 1000) {
    edge.Report(kReadable, kReadable, 10);
    ++reports;
  }
  EXPECT_GT(reports, 1);
  EXPECT_LT(reports, 1000);
}

TEST(RegistrationModelTest, OnlyTheNetworkGetsASecondChance) {
  EXPECT_TRUE(Armed(Interest::kReadable, Mode::kEdge).IsLate());
  Registration delayed = Armed(Interest::kReadable, Mode::kEdge, true);
  EXPECT_FALSE(delayed.IsLate());
  EXPECT_TRUE(delayed.IsLate());
  delayed.IsInTime();
  EXPECT_FALSE(delayed.IsLate());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
