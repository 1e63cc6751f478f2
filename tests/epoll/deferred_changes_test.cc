// Which changes of interest wait for the next `Wait` with
// SelectorOptions::single_waiter, and what they cost.

#include <poll.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/epoll/single_waiter_fixture.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Interest kReadable = Interest::kReadable;
constexpr Interest kWritable = Interest::kWritable;
constexpr Interest kBoth = kReadable | kWritable;

class DeferredChangesTest : public SingleWaiterTest {};

TEST_F(DeferredChangesTest, WhatCancelsOutCostsNothing) {
  for (const Mode mode : {Mode::kLevel, Mode::kOneshot}) {
    Add(handle_, 1, kReadable, mode);
    for (const Interest interest :
         {kBoth, kWritable, Interest::kNone, Interest::kPriority}) {
      EXPECT_EQ(CallsOf([&] {
                  Modify(handle_, 1, interest, mode);
                  Modify(handle_, 1, kReadable, mode);
                  EXPECT_THAT(Poll(), IsEmpty());
                }),
                (Calls{0, 1}));
    }
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kReadable}));
    Drain(handle_);
    ASSERT_TRUE(selector_->Remove(handle_).ok());
  }
}

TEST_F(DeferredChangesTest, WhatDoesNotCostsOneCall) {
  Add(handle_, 1, kReadable, Mode::kLevel);
  EXPECT_EQ(ControlsOf([this] {
              for (const Interest interest :
                   {kBoth, kReadable, Interest::kNone, kWritable}) {
                Modify(handle_, 1, interest, Mode::kLevel);
              }
            }),
            0);
  EXPECT_EQ(
      CallsOf([this] {
        EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kWritable}));
      }),
      (Calls{1, 1}));
  EXPECT_EQ(CallsOf([this] { EXPECT_EQ(Poll().size(), 1u); }), (Calls{0, 1}));
}

// R4: not for an interest given up, whatever the kernel had found already.
TEST_F(DeferredChangesTest, TheNextWaitKnowsOfEachChange) {
  SendAll(pair_.b.handle(), "x");
  Add(handle_, 1, kBoth, Mode::kLevel);
  Modify(handle_, 1, kWritable, Mode::kLevel);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kWritable}));
  Modify(handle_, 1, kReadable, Mode::kLevel);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kReadable}));
  Modify(handle_, 1, Interest::kNone, Mode::kLevel);
  EXPECT_THAT(Poll(), IsEmpty());
  Modify(handle_, 1, kReadable, Mode::kLevel);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kReadable}));
}

TEST_F(DeferredChangesTest, MoreThanAreKeptReachTheKernelAtOnce) {
  constexpr std::size_t kHandles = 150;
  std::vector<SocketPair> pairs;
  for (std::size_t i = 0; i < kHandles; ++i) {
    pairs.push_back(MakeStreamPair());
    Add(pairs[i].a.handle(), i, kReadable, Mode::kLevel);
  }
  for (int round = 0; round < 3; ++round) {
    const Interest interest = round % 2 == 0 ? kWritable : kReadable;
    EXPECT_EQ(ControlsOf([&] {
                for (std::size_t i = 0; i < kHandles; ++i) {
                  Modify(pairs[i].a.handle(), i, interest, Mode::kLevel);
                }
                EXPECT_EQ(Poll(kHandles).size(),
                          interest == kWritable ? kHandles : 0);
              }),
              static_cast<int>(kHandles));
  }
}

// However many there were: each `Wait` empties the list of those that it told.
TEST_F(DeferredChangesTest, EveryWaitMakesRoomForAsMany) {
  Add(handle_, 1, kReadable, Mode::kLevel);
  for (int round = 0; round < 200; ++round) {
    const Interest interest = round % 2 == 0 ? kWritable : kReadable;
    ASSERT_EQ(ControlsOf([&] { Modify(handle_, 1, interest, Mode::kLevel); }),
              0)
        << "round " << round;
    ASSERT_EQ(ControlsOf([this] { Poll(); }), 1) << "round " << round;
  }
}

TEST_F(DeferredChangesTest, RemoveAndAddBeforeTheWait) {
  Add(handle_, 1, kReadable, Mode::kLevel);
  for (std::uint64_t i = 0; i < 200; ++i) {
    Modify(handle_, 1, kWritable, Mode::kLevel);
    ASSERT_TRUE(selector_->Remove(handle_).ok());
    Add(handle_, i, kReadable, Mode::kLevel);
  }
  EXPECT_EQ(CallsOf([this] { EXPECT_THAT(Poll(), IsEmpty()); }), (Calls{0, 1}));
  Modify(handle_, 199, kWritable, Mode::kLevel);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(199), Readiness::kWritable}));
}

TEST_F(DeferredChangesTest, AnotherTokenAndAnotherModeReachTheKernelAtOnce) {
  Add(handle_, 1, kReadable, Mode::kLevel);
  Modify(handle_, 1, kWritable, Mode::kLevel);
  EXPECT_EQ(ControlsOf([this] { Modify(handle_, 2, kWritable, Mode::kLevel); }),
            1);
  EXPECT_EQ(
      CallsOf([this] {
        EXPECT_THAT(Poll(), ElementsAre(Event{Token(2), Readiness::kWritable}));
      }),
      (Calls{0, 1}));
  EXPECT_EQ(ControlsOf([this] { Modify(handle_, 2, kWritable, Mode::kEdge); }),
            1);
  EXPECT_EQ(Poll().size(), 1u);
  EXPECT_THAT(Poll(), IsEmpty());
}

// M2, R6: to arm again is a change, though the mask is the same.
TEST_F(DeferredChangesTest, ArmingAnEdgeReachesTheKernel) {
  Add(handle_, 1, kWritable, Mode::kEdge);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Poll().size(), 1u);
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_EQ(
        ControlsOf([this] { Modify(handle_, 1, kWritable, Mode::kEdge); }), 1);
  }
  pair_.b.Close();
  for (int i = 0; i < 3; ++i) {
    Modify(handle_, 1, Interest::kNone, Mode::kLevel);
    EXPECT_EQ(Poll().size(), 1u) << "the hang-up, once more";
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_F(DeferredChangesTest, ArmingASpentOneshotReachesTheKernelWithItsErrors) {
  Add(handle_, 1, kWritable);
  EXPECT_EQ(Poll().size(), 1u);
  pair_.a.Close();
  EXPECT_EQ(
      selector_->Modify(handle_, Token(1), kWritable, Mode::kOneshot).code(),
      absl::StatusCode::kInvalidArgument);
}

// R4: a call that fails has changed nothing.
TEST_F(DeferredChangesTest, AFailedModifyChangesNothing) {
  Add(handle_, 1, kReadable, Mode::kLevel);
  Modify(handle_, 1, kWritable, Mode::kLevel);
  calls_.control_error = ENOMEM;
  EXPECT_EQ(
      selector_->Modify(handle_, Token(2), kReadable, Mode::kLevel).code(),
      absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(
      selector_->Modify(handle_, Token(2), kReadable, Mode::kOneshot).code(),
      absl::StatusCode::kResourceExhausted);
  calls_.control_error = 0;
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kWritable}));
  EXPECT_EQ(Poll().size(), 1u) << "level";
}

TEST_F(DeferredChangesTest, AFailedReArmLeavesItSpent) {
  Add(handle_, 1, kWritable);
  EXPECT_EQ(Poll().size(), 1u);
  calls_.control_error = ENOMEM;
  EXPECT_FALSE(
      selector_->Modify(handle_, Token(2), kWritable, Mode::kOneshot).ok());
  calls_.control_error = 0;
  EXPECT_THAT(Poll(), IsEmpty());
  Modify(handle_, 3, kWritable);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(3), Readiness::kWritable}));
}

// The next wait tries once, and goes on with what the kernel has.
TEST_F(DeferredChangesTest, ARefusalInTheWaitFailsNothing) {
  Add(handle_, 1, kWritable, Mode::kLevel);
  Add(other_.a.handle(), 2, kWritable, Mode::kLevel);
  Modify(handle_, 1, kBoth, Mode::kLevel);
  calls_.control_error = ENOMEM;
  EXPECT_EQ(Poll().size(), 2u);
  calls_.control_error = 0;
  EXPECT_EQ(ControlsOf([this] {
              Modify(handle_, 1, kBoth, Mode::kLevel);
              EXPECT_EQ(Poll().size(), 2u);
            }),
            1);
}

TEST_F(DeferredChangesTest, TheDescriptorKnowsOfThemAfterAWait) {
  const auto is_readable = [this] {
    pollfd watched = {selector_->descriptor().value(), POLLIN, 0};
    return poll(&watched, 1, 0) == 1;
  };
  Add(handle_, 1, kReadable, Mode::kLevel);
  EXPECT_FALSE(is_readable());
  Modify(handle_, 1, kWritable, Mode::kLevel);
  EXPECT_EQ(Poll().size(), 1u);
  EXPECT_TRUE(is_readable());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
