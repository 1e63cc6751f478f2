// What an InstrumentedSelector measures, by a clock that the test moves: the
// time in each Wait, and from one to the next.

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/histogram.h"
#include "event/instrumented_selector.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector_statistics.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/event/instrumented_subject.h"
#include "tests/event/mock_selector.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::NiceMock;

constexpr Handle kHandle = 3;

int clock_reads = 0;
absl::Duration ReadCountedClock() { return absl::Nanoseconds(++clock_reads); }

TEST(InstrumentedTimeTest, MeasuresTimeInAndBetweenWaits) {
  Subject subject;
  now_ns = -5000;  // A clock may begin anywhere.
  subject.Wait(1, 10000);
  now_ns += 70;
  subject.Wait(0, 2);
  now_ns += 800;
  subject.Wait(1, 0);
  now_ns += 90000;  // Nothing is known of what comes of it.
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.blocked_ns, Of({10000, 2, 0}));
  EXPECT_EQ(counted.between_waits_ns, Of({70, 800}));
}

TEST(InstrumentedTimeTest, AFailedWaitHasNoBlockedTime) {
  Subject subject;
  subject.Wait(1, 10);
  now_ns += 100;
  subject.Wait(absl::CancelledError(""), 20);
  now_ns += 300;
  subject.Wait(1, 30);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.blocked_ns, Of({10, 30}));
  EXPECT_EQ(counted.between_waits_ns, Of({100, 300}));
}

// A loop that comes back after long is seen while it waits.
TEST(InstrumentedTimeTest, TheTimeBetweenWaitsIsCountedAtTheCall) {
  Subject subject;
  subject.Wait(1);
  now_ns += 100;
  SelectorStatistics during;
  subject.during_wait = [&] { during = subject.selector->statistics(); };
  subject.Wait(1);
  EXPECT_EQ(during.between_waits_ns, Of({100}));
  EXPECT_EQ(during.waits, 1u);
}

TEST(InstrumentedTimeTest, AClockThatGoesBackGivesNoTimeBelowZero) {
  Subject subject;
  subject.Wait(1, -50);
  now_ns -= 1000;
  subject.Wait(1, 5);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.blocked_ns, Of({0, 5}));
  EXPECT_EQ(counted.between_waits_ns, Of({0}));
}

TEST(InstrumentedTimeTest, AWaitReadsTheClockTwice) {
  Subject subject(&ReadCountedClock);
  clock_reads = 0;
  subject.Wait(1);
  EXPECT_EQ(clock_reads, 2);
  subject.Wait(absl::CancelledError(""));
  EXPECT_EQ(clock_reads, 4);
  (void)subject.selector->Wake();
  (void)subject.selector->Remove(kHandle);
  (void)subject.selector->statistics();
  EXPECT_EQ(clock_reads, 4);
}

TEST(InstrumentedTimeTest, WithoutAClockAllButTimeIsCounted) {
  Subject subject(nullptr);
  subject.Wait(2);
  subject.Wait(0);
  subject.Wait(absl::CancelledError(""));
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.batch_size, Of({2, 0}));
  EXPECT_EQ(counted.failed_waits, 1u);
  EXPECT_EQ(counted.blocked_ns, Histogram());
  EXPECT_EQ(counted.between_waits_ns, Histogram());
}

TEST(InstrumentedTimeTest, TheClockIsSteadyUnlessAnotherIsGiven) {
  const auto before = std::chrono::steady_clock::now();
  auto mock = std::make_unique<NiceMock<MockSelector>>();
  ON_CALL(*mock, Wait)
      .WillByDefault([](absl::Span<Event> events, absl::Duration) {
        return events.first(0);
      });
  InstrumentedSelector selector(std::move(mock));
  std::array<Event, 1> room;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(selector.Wait(absl::MakeSpan(room), absl::ZeroDuration()).ok());
  }
  const auto passed = static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - before)
          .count());
  const SelectorStatistics counted = selector.statistics();
  EXPECT_EQ(counted.blocked_ns.count(), 2u);
  EXPECT_EQ(counted.between_waits_ns.count(), 1u);
  EXPECT_LE(counted.blocked_ns.sum() + counted.between_waits_ns.sum(), passed);
}

TEST(InstrumentedTimeTest, AnyCallableIsAClock) {
  // With a state of its own, that cannot be copied.
  auto reads = std::make_unique<int>(0);
  const int& counted_reads = *reads;
  Subject subject([reads = std::move(reads)] {
    ++*reads;
    return absl::Microseconds(*reads * *reads);
  });
  subject.Wait(1);  // From 1 to 4 microseconds.
  subject.Wait(1);  // From 9 to 16.
  EXPECT_EQ(counted_reads, 4);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.blocked_ns, Of({3000, 7000}));
  EXPECT_EQ(counted.between_waits_ns, Of({5000}));
}

TEST(InstrumentedTimeTest, AClockMayCountFromAnywhere) {
  absl::Duration now = -absl::InfiniteDuration();
  Subject subject([&now] { return now; });
  subject.during_wait = [&] { now = absl::InfiniteDuration(); };
  subject.Wait(1);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.blocked_ns.count(), 1u);
  EXPECT_EQ(counted.blocked_ns.sum(),
            std::numeric_limits<std::uint64_t>::max());
}

TEST(InstrumentedTimeTest, MeasuresSimulatedTime) {
  Simulation simulation;
  auto owned = std::make_unique<SimulatedSelector>(simulation);
  SimulatedSelector& simulated = *owned;
  InstrumentedSelector selector(std::move(owned),
                                [&] { return simulation.now(); });
  const Handle handle = simulation.MakeHandle();
  ASSERT_TRUE(selector.Add(handle, Token(1), Interest::kReadable).ok());
  simulation.After(absl::Seconds(50), [&] {
    simulation.SetReadiness(handle, Readiness::kReadable);
  });
  std::array<Event, 1> room;
  // Years pass in no time.
  ASSERT_TRUE(
      selector.Wait(absl::MakeSpan(room), absl::InfiniteDuration()).ok());
  simulation.ClearReadiness(handle, Readiness::kReadable);
  simulation.Advance(absl::Milliseconds(3));  // The loop works.
  ASSERT_TRUE(selector.Wait(absl::MakeSpan(room), absl::Hours(24)).ok());
  const SelectorStatistics counted = selector.statistics();
  const auto in_ns = [](absl::Duration time) {
    return static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(time));
  };
  EXPECT_EQ(counted.blocked_ns,
            Of({in_ns(absl::Seconds(50)), in_ns(absl::Hours(24))}));
  EXPECT_EQ(counted.between_waits_ns, Of({in_ns(absl::Milliseconds(3))}));
  EXPECT_EQ(counted.events, 1u);
  EXPECT_EQ(simulated.count(SelectorCall::Kind::kWait), 2u);
}

// The time between waits, where several selectors and threads take part.

TEST(InstrumentedTimeTest, SelectorsInTurnOnOneThreadAreToldApart) {
  Subject first;
  Subject second;
  first.Wait(1, 5);
  now_ns += 10;
  second.Wait(1, 200);
  now_ns += 3000;
  first.Wait(1, 5);
  second.Wait(1, 200);
  EXPECT_EQ(first.selector->statistics().between_waits_ns,
            Of({10 + 200 + 3000}));
  EXPECT_EQ(second.selector->statistics().between_waits_ns, Of({3000 + 5}));
}

TEST(InstrumentedTimeTest, MoreThanFourSelectorsInTurnAreNotMeasured) {
  std::array<Subject, 5> subjects;
  for (int round = 0; round < 3; ++round) {
    for (Subject& subject : subjects) {
      now_ns += 10;
      subject.Wait(1, 1);
    }
  }
  for (const Subject& subject : subjects) {
    const SelectorStatistics counted = subject.selector->statistics();
    EXPECT_EQ(counted.waits, 3u);
    EXPECT_EQ(counted.between_waits_ns, Histogram());
  }
}

// Also where the second gets the place of the first.
TEST(InstrumentedTimeTest, NothingIsLeftOfASelectorThatWasDestroyed) {
  std::optional<Subject> subject;
  for (int i = 0; i < 3; ++i) {
    subject.emplace();
    subject->Wait(1);
    now_ns += 1000;
    EXPECT_EQ(subject->selector->statistics().between_waits_ns, Histogram());
    subject->Wait(1);
    EXPECT_EQ(subject->selector->statistics().between_waits_ns, Of({1000}));
    now_ns += 70;
  }
}

TEST(InstrumentedTimeTest, ADecoratorMayStandOverAnother) {
  Subject below;
  below.returns = 2;
  auto passing = std::make_unique<NiceMock<MockSelector>>();
  ON_CALL(*passing, Wait)
      .WillByDefault([&](absl::Span<Event> events, absl::Duration timeout) {
        return below.selector->Wait(events, timeout);
      });
  InstrumentedSelector above(std::move(passing), &ReadFakeClock);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(
        above.Wait(absl::MakeSpan(below.room), absl::InfiniteDuration()).ok());
    now_ns += 100;
  }
  EXPECT_EQ(above.statistics().ToString(),
            below.selector->statistics().ToString());
  EXPECT_EQ(above.statistics().between_waits_ns, Of({100, 100}));
}

// One after the other, so that the numbers are exact.
TEST(InstrumentedTimeTest, EveryThreadIsCountedAndMeasuredByItself) {
  Subject subject;
  subject.Wait(1, 10);
  now_ns += 500;
  for (int i = 0; i < 2; ++i) {
    std::thread([&] {
      subject.Wait(2, 20);
      now_ns += 40;
      subject.Wait(0, 30);
      now_ns += 60;
    }).join();
  }
  now_ns += 1000;
  subject.Wait(3, 10);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.batch_size, Of({1, 2, 0, 2, 0, 3}));
  EXPECT_EQ(counted.blocked_ns, Of({10, 20, 30, 20, 30, 10}));
  EXPECT_EQ(counted.between_waits_ns, Of({40, 40, 500 + 2 * 150 + 1000}));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
