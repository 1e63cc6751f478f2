// What re-arming costs with SelectorOptions::single_waiter, in system calls,
// and that nothing is reported that a oneshot registration should not report.

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"
#include "backends/epoll/rearm_prediction.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/stopwatch.h"
#include "tests/epoll/single_waiter_fixture.h"
#include "tests/support/count_allocations.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Interest kReadable = Interest::kReadable;
constexpr Interest kWritable = Interest::kWritable;
constexpr Interest kBoth = kReadable | kWritable;

class RearmingTest : public SingleWaiterTest {
 protected:
  // The peer writes, the event comes, the data are read.
  void FireAndRead() {
    SendAll(pair_.b.handle(), "x");
    ASSERT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kReadable}));
    Drain(handle_);
  }
};

TEST_F(RearmingTest, CostsNothingAfterTwoInTime) {
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge | Mode::kOneshot}) {
    Add(handle_, 1, kReadable, mode);
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(CallsOf([this] { FireAndRead(); }), (Calls{0, 1}));
      EXPECT_EQ(ControlsOf([&] { Modify(handle_, 1, kReadable, mode); }),
                i < 2 ? 1 : 0);
    }
    ASSERT_TRUE(selector_->Remove(handle_).ok());
  }
}

TEST_F(RearmingTest, CostsNothingForHandlesThatStayReady) {
  Add(handle_, 1, kWritable);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(CallsOf([this] {
                EXPECT_THAT(Wait(absl::InfiniteDuration()),
                            ElementsAre(Event{Token(1), Readiness::kWritable}));
              }),
              (Calls{0, 1}));
    EXPECT_EQ(ControlsOf([this] { Modify(handle_, 1, kWritable); }),
              i < 2 ? 1 : 0);
  }
}

TEST_F(RearmingTest, ANewTokenCostsNothing) {
  AddExpected(handle_, 1);
  for (std::uint64_t token = 2; token < 20; ++token) {
    EXPECT_EQ(ControlsOf([&] { Modify(handle_, token, kWritable); }), 0);
    EXPECT_THAT(Poll(), ElementsAre(Event{Token(token), Readiness::kWritable}));
    EXPECT_EQ(ControlsOf([&] { Modify(handle_, 77, kWritable); }), 0);
  }
}

TEST_F(RearmingTest, LateOnesCostOneCallEach) {
  Add(handle_, 1, kWritable);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Poll().size(), 1u);
    EXPECT_EQ(CallsOf([this] { EXPECT_THAT(Poll(), IsEmpty()); }),
              (Calls{0, 1}));
    EXPECT_EQ(ControlsOf([this] { Modify(handle_, 1, kWritable); }), 1);
  }
}

// One in time, one late: never two in time in a row.
TEST_F(RearmingTest, EverySecondLateIsNeverExpected) {
  Add(handle_, 1, kWritable);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Poll().size(), 1u);
    if (i % 2 == 1) {
      EXPECT_EQ(CallsOf([this] { Poll(); }), (Calls{0, 1}));
    }
    EXPECT_EQ(ControlsOf([this] { Modify(handle_, 1, kWritable); }), 1);
  }
}

TEST_F(RearmingTest, FoundReadyWhileDisarmedFallsBack) {
  constexpr const int* kNeeded = epoll::RearmPrediction::kNeeded;
  AddExpected(handle_, 1);
  for (const int needed : {kNeeded[1], kNeeded[2], kNeeded[2]}) {
    EXPECT_EQ(Poll().size(), 1u);
    // Found, silenced, and looked again whether there is something else.
    EXPECT_EQ(CallsOf([this] { EXPECT_THAT(Poll(), IsEmpty()); }),
              (Calls{1, 2}));
    EXPECT_EQ(CallsOf([this] { EXPECT_THAT(Poll(), IsEmpty()); }),
              (Calls{0, 1}));
    EXPECT_EQ(ControlsOf([this] { Modify(handle_, 1, kWritable); }), 1);
    // From here it is as at the beginning, but slower to be expected.
    for (int i = 0; i < needed; ++i) {
      EXPECT_EQ(Poll().size(), 1u);
      EXPECT_EQ(ControlsOf([this] { Modify(handle_, 1, kWritable); }), 1);
    }
    EXPECT_EQ(Poll().size(), 1u);
    EXPECT_EQ(ControlsOf([this] { Modify(handle_, 1, kWritable); }), 0);
  }
}

TEST_F(RearmingTest, LateCostsNothingIfItWasNotFoundReady) {
  AddExpected(handle_, 1, kReadable);
  for (int i = 0; i < 20; ++i) {
    FireAndRead();
    EXPECT_EQ(CallsOf([this] { EXPECT_THAT(Poll(), IsEmpty()); }),
              (Calls{0, 1}));
    EXPECT_EQ(ControlsOf([this] { Modify(handle_, 1, kReadable); }), 0);
  }
}

// W3, where the only thing that a wait finds is not to be reported.
TEST_F(RearmingTest, FoundReadyWhileDisarmedEndsNoWait) {
  AddExpected(handle_, 1);
  EXPECT_EQ(Poll().size(), 1u);
  const Stopwatch stopwatch;
  EXPECT_EQ(
      CallsOf([this] { EXPECT_THAT(Wait(absl::Milliseconds(20)), IsEmpty()); }),
      (Calls{1, 2}));
  EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(20));
}

TEST_F(RearmingTest, HangupWhileDisarmedIsSilentAndDoesNotSpin) {
  AddExpected(handle_, 1, kReadable);
  FireAndRead();
  pair_.b.Close();
  // Found, silenced, found once more for the hang-up, and then no more.
  const Calls first =
      CallsOf([this] { EXPECT_THAT(Wait(absl::Milliseconds(20)), IsEmpty()); });
  EXPECT_EQ(first.controls, 1);
  EXPECT_LE(first.waits, 3);
  EXPECT_EQ(
      CallsOf([this] { EXPECT_THAT(Wait(absl::Milliseconds(20)), IsEmpty()); }),
      (Calls{0, 1}));
  Modify(handle_, 2, kReadable);
  const std::vector<Event> events = Wait(absl::InfiniteDuration());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].token, Token(2));
  EXPECT_TRUE(events[0].readiness.hangup());
  EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
}

TEST_F(RearmingTest, HangupOfASilencedOneIsSilent) {
  AddExpected(handle_, 1);
  EXPECT_EQ(Poll().size(), 1u);
  EXPECT_THAT(Poll(), IsEmpty());
  pair_.b.Close();
  const Calls first =
      CallsOf([this] { EXPECT_THAT(Wait(absl::Milliseconds(20)), IsEmpty()); });
  EXPECT_EQ(first.controls, 0);
  EXPECT_LE(first.waits, 2);
  EXPECT_EQ(
      CallsOf([this] { EXPECT_THAT(Wait(absl::Milliseconds(20)), IsEmpty()); }),
      (Calls{0, 1}));
}

TEST_F(RearmingTest, BothDirectionsAreDisarmedTogether) {
  AddExpected(handle_, 1, kBoth);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kWritable}));
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
  Modify(handle_, 1, kBoth);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kReadable |
                                                      Readiness::kWritable}));
}

TEST_F(RearmingTest, TheOtherDirectionNextTime) {
  AddExpected(handle_, 1, kReadable);
  for (int i = 0; i < 10; ++i) {
    FireAndRead();
    // One call, now or with the wait.
    EXPECT_EQ(ControlsOf([this] {
                Modify(handle_, 1, kWritable);
                EXPECT_THAT(Poll(),
                            ElementsAre(Event{Token(1), Readiness::kWritable}));
              }),
              1);
    SendAll(pair_.b.handle(), "x");
    Modify(handle_, 1, kReadable);
    EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kReadable}));
    Drain(handle_);
    Modify(handle_, 1, kReadable);
  }
}

TEST_F(RearmingTest, ToLevelAndBack) {
  AddExpected(handle_, 1);
  EXPECT_EQ(Poll().size(), 1u);
  Modify(handle_, 1, kWritable, Mode::kLevel);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Poll().size(), 1u);
  Modify(handle_, 1, kWritable, Mode::kOneshot);
  EXPECT_EQ(Poll().size(), 1u);
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(RearmingTest, ToParkedAndBack) {
  AddExpected(handle_, 1);
  Modify(handle_, 1, Interest::kNone);
  EXPECT_THAT(Poll(), IsEmpty());
  Modify(handle_, 1, kWritable);
  EXPECT_EQ(Poll().size(), 1u);
  Modify(handle_, 1, Interest::kNone);
  pair_.b.Close();
  EXPECT_EQ(Poll().size(), 1u) << "R6: the hang-up, once";
  EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
}

// The kernel needs to be told of every event there.
TEST_F(RearmingTest, KeepAwakeIsNeverExpected) {
  constexpr Mode kMode = Mode::kOneshot | Mode::kKeepAwake;
  Add(handle_, 1, kWritable, kMode);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Poll().size(), 1u);
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_EQ(ControlsOf([&] { Modify(handle_, 1, kWritable, kMode); }), 1);
    EXPECT_EQ(ControlsOf([this] { Poll(); }), 0);
    EXPECT_EQ(ControlsOf([&] { Modify(handle_, 1, kWritable, kMode); }), 1);
  }
}

TEST_F(RearmingTest, ARemovedOneBeginsAnew) {
  AddExpected(handle_, 1);
  ASSERT_TRUE(selector_->Remove(handle_).ok());
  Add(handle_, 2, kWritable);
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(2), Readiness::kWritable}));
  EXPECT_EQ(CallsOf([this] { EXPECT_THAT(Poll(), IsEmpty()); }), (Calls{0, 1}));
}

// ---- Many handles

class ManyRearmingTest : public RearmingTest {
 protected:
  static constexpr std::size_t kHandles = 24;

  // Handles that stay ready, all of them expected to be re-armed in time.
  ManyRearmingTest() {
    for (std::uint64_t i = 0; i < kHandles; ++i) {
      pairs_.push_back(MakeStreamPair());
      Add(handle(i), i, kWritable);
    }
    for (int i = 0; i < 2; ++i) RearmAll();
    EXPECT_EQ(ControlsOf([this] { RearmAll(); }), 0);
  }

  void RearmAll() {
    const std::vector<Event> events = Poll();
    EXPECT_EQ(events.size(), kHandles);
    for (const Event& event : events) Rearm(event);
  }
  Handle handle(std::uint64_t i) const {
    return pairs_[static_cast<std::size_t>(i)].a.handle();
  }
  void Rearm(const Event& event) {
    Modify(handle(event.token.value()), event.token.value(), kWritable);
  }

  std::vector<SocketPair> pairs_;
};

TEST_F(ManyRearmingTest, EachHasItsTurnInASmallSpan) {
  for (const std::size_t room : {1, 3, 7, 23}) {
    std::map<std::uint64_t, std::size_t> last_report;
    for (std::size_t reports = 0; reports < 6 * kHandles;) {
      const std::vector<Event> events = Wait(absl::InfiniteDuration(), room);
      for (const Event& event : events) {
        const auto [entry, is_first] =
            last_report.emplace(event.token.value(), reports);
        if (!is_first) {
          EXPECT_LT(reports - entry->second, 2 * kHandles);
          entry->second = reports;
        }
        ++reports;
        Rearm(event);
      }
      if (reports >= 2 * kHandles) {
        ASSERT_EQ(last_report.size(), kHandles);
      }
    }
  }
}

// Every second one is never re-armed: it must not be reported, and not keep the
// others from it, whatever the room.
TEST_F(ManyRearmingTest, DisarmedOnesAreNotInTheWay) {
  for (const std::size_t room : {1, 2, 5, 64}) {
    std::map<std::uint64_t, int> reports;
    for (std::size_t waits = 0; waits < 6 * kHandles; ++waits) {
      const std::vector<Event> events = Poll(room);
      ASSERT_FALSE(events.empty()) << "others are ready";
      for (const Event& event : events) {
        ++reports[event.token.value()];
        if (event.token.value() % 2 == 0) Rearm(event);
      }
    }
    for (std::uint64_t i = 0; i < kHandles; ++i) {
      if (i % 2 == 0) {
        EXPECT_GT(reports[i], 1);
      } else {
        EXPECT_EQ(reports[i], 1);
        Modify(handle(i), i, kWritable);
      }
    }
  }
}

// K1, K3: with a wake-up at any place among events that are dropped, the events
// behind it are not hidden and the wake-up is not lost.
TEST_F(ManyRearmingTest, WakeUpsBesideDroppedEvents) {
  for (std::size_t room = 1; room <= kHandles + 2; ++room) {
    for (const Event& event : Poll()) {
      if (event.token.value() % 4 == 0) Rearm(event);
    }
    ASSERT_TRUE(selector_->Wake().ok());
    std::map<std::uint64_t, int> reports;
    for (int waits = 0; waits < 100 && reports.size() < kHandles / 4; ++waits) {
      const std::vector<Event> events = Poll(room);
      ASSERT_FALSE(events.empty());
      for (const Event& event : events) ++reports[event.token.value()];
    }
    for (std::uint64_t i = 0; i < kHandles; ++i) {
      EXPECT_EQ(reports[i], i % 4 == 0 ? 1 : 0) << i << ", room " << room;
    }
    EXPECT_THAT(Poll(room), IsEmpty());
    // It came with the events: the next one is a wake-up of its own.
    ASSERT_TRUE(selector_->Wake().ok());
    EXPECT_THAT(Wait(absl::InfiniteDuration(), room), IsEmpty());
    const Stopwatch stopwatch;
    EXPECT_THAT(Wait(absl::Milliseconds(2), room), IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(2));
    // Expected again, all of them.
    for (std::uint64_t i = 0; i < kHandles; ++i)
      Modify(handle(i), i, kWritable);
    for (int i = 0; i < 40; ++i) RearmAll();
  }
}

TEST_F(ManyRearmingTest, AWakeUpCostsNoFurtherCallWhereThereIsRoom) {
  ASSERT_TRUE(selector_->Wake().ok());
  EXPECT_EQ(CallsOf([this] { EXPECT_EQ(Poll(64).size(), kHandles); }),
            (Calls{0, 1}));
}

// K3: the further call for the place of the wake-up finds one of those again
// that were reported a moment ago. That is no late re-arm.
TEST_F(ManyRearmingTest, AFullSpanAndAWakeUpAreNoReasonToFallBack) {
  ASSERT_TRUE(selector_->Wake().ok());
  EXPECT_EQ(CallsOf([this] {
              const std::vector<Event> events = Poll(kHandles + 1);
              EXPECT_EQ(events.size(), kHandles);
              for (const Event& event : events) Rearm(event);
            }),
            (Calls{0, 2}));
  EXPECT_EQ(ControlsOf([this] { RearmAll(); }), 0);
}

TEST_F(ManyRearmingTest, WaitAllocatesNothingWhileItFallsBack) {
  EXPECT_EQ(Poll().size(), kHandles);
  Event events[64];
  std::size_t allocations = 0;
  const Calls calls = CallsOf([&] {
    const AllocationCounter counter;
    const bool is_empty =
        selector_->Wait(absl::MakeSpan(events), absl::ZeroDuration())->empty();
    allocations = counter.allocations();
    EXPECT_TRUE(is_empty);
  });
  EXPECT_EQ(allocations, 0u);
  EXPECT_EQ(calls, (Calls{kHandles, 2}));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
