// What an InstrumentedSelector counts, over a selector and a clock that do what
// the test says.

#include "event/instrumented_selector.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/histogram.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector_statistics.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/event/mock_selector.h"

namespace event {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::NiceMock;
using ::testing::Return;

constexpr Handle kHandle = 3;
constexpr Token kToken(7);

// Stands still but where a test moves it.
std::int64_t now_ns = 0;
std::int64_t ReadFakeClock() { return now_ns; }

int clock_reads = 0;
std::int64_t ReadCountedClock() { return ++clock_reads; }

Histogram Of(const std::vector<std::uint64_t>& values) {
  Histogram histogram;
  for (const std::uint64_t value : values) histogram.Record(value);
  return histogram;
}

// An instrumented selector over a mock, whose `Wait` takes `blocks_ns` of time
// and returns what `returns` says.
struct Subject {
  explicit Subject(InstrumentedSelector::Clock clock = &ReadFakeClock) {
    auto owned = std::make_unique<NiceMock<MockSelector>>();
    mock = owned.get();
    selector.emplace(std::move(owned), clock);
    ON_CALL(*mock, Wait)
        .WillByDefault([this](absl::Span<Event> events, absl::Duration) {
          now_ns += blocks_ns;
          if (during_wait) during_wait();
          return returns.ok()
                     ? events.first(*returns)
                     : absl::StatusOr<absl::Span<Event>>(returns.status());
        });
  }

  // `Wait` for `events`, or an error.
  void Wait(absl::StatusOr<std::size_t> events, std::int64_t blocked_ns = 0) {
    returns = std::move(events);
    blocks_ns = blocked_ns;
    const auto ready =
        selector->Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    EXPECT_EQ(ready.status(), returns.status());
    if (!ready.ok()) return;
    EXPECT_EQ(ready->data(), room.data());
    EXPECT_EQ(ready->size(), *returns);
  }

  std::optional<InstrumentedSelector> selector;
  NiceMock<MockSelector>* mock;
  absl::StatusOr<std::size_t> returns = 0;
  std::int64_t blocks_ns = 0;
  std::function<void()> during_wait;
  std::array<Event, 64> room;
};

TEST(InstrumentedSelectorTest, PassesEveryCallOn) {
  Subject subject;
  MockSelector& mock = *subject.mock;
  InstrumentedSelector& selector = *subject.selector;
  Capabilities capabilities;
  capabilities.modes = Mode::kEdge;
  EXPECT_CALL(mock, Add(kHandle, kToken, Interest::kReadable, Mode::kEdge))
      .WillOnce(Return(absl::AlreadyExistsError("add")));
  EXPECT_CALL(mock, Add(kHandle, kToken, Interest::kReadable, Mode::kLevel))
      .WillOnce(Return(absl::OkStatus()));
  EXPECT_CALL(mock, Modify(kHandle, kToken, Interest::kNone, Mode::kOneshot))
      .WillOnce(Return(absl::NotFoundError("modify")));
  EXPECT_CALL(mock, Modify(kHandle, kToken, Interest::kNone, Mode::kLevel))
      .WillOnce(Return(absl::OkStatus()));
  EXPECT_CALL(mock, Remove(kHandle))
      .WillOnce(Return(absl::InvalidArgumentError("remove")));
  EXPECT_CALL(mock, Wake).WillOnce(Return(absl::InternalError("")));
  EXPECT_CALL(mock, Close);
  EXPECT_CALL(mock, name).WillOnce(Return("mock"));
  EXPECT_CALL(mock, capabilities).WillOnce(Return(capabilities));

  EXPECT_EQ(selector.Add(kHandle, kToken, Interest::kReadable, Mode::kEdge),
            absl::AlreadyExistsError("add"));
  EXPECT_TRUE(selector.Add(kHandle, kToken, Interest::kReadable).ok());
  EXPECT_EQ(selector.Modify(kHandle, kToken, Interest::kNone, Mode::kOneshot),
            absl::NotFoundError("modify"));
  EXPECT_TRUE(selector.Modify(kHandle, kToken, Interest::kNone).ok());
  EXPECT_EQ(selector.Remove(kHandle), absl::InvalidArgumentError("remove"));
  EXPECT_EQ(selector.Wake(), absl::InternalError(""));
  selector.Close();
  EXPECT_EQ(selector.name(), "mock");
  EXPECT_EQ(selector.capabilities().modes, Mode::kEdge);
}

TEST(InstrumentedSelectorTest, PassesAWaitOn) {
  Subject subject;
  EXPECT_CALL(*subject.mock, Wait(_, absl::Seconds(1)))
      .WillOnce([&](absl::Span<Event> events, absl::Duration) {
        EXPECT_EQ(events.data(), subject.room.data() + 2);
        EXPECT_EQ(events.size(), 5u);
        events[0] = Event{kToken, Readiness::kReadable};
        return events.first(1);
      });
  const auto ready = subject.selector->Wait(
      absl::MakeSpan(subject.room).subspan(2, 5), absl::Seconds(1));
  ASSERT_TRUE(ready.ok());
  EXPECT_THAT(*ready, ElementsAre(Event{kToken, Readiness::kReadable}));
}

TEST(InstrumentedSelectorTest, OwnsTheSelectorBelow) {
  class Farewell final : public NiceMock<MockSelector> {
   public:
    explicit Farewell(bool& destroyed) : destroyed_(destroyed) {}
    ~Farewell() override { destroyed_ = true; }

   private:
    bool& destroyed_;
  };
  bool destroyed = false;
  std::unique_ptr<Selector> selector = std::make_unique<InstrumentedSelector>(
      std::make_unique<Farewell>(destroyed));
  EXPECT_FALSE(destroyed);
  selector.reset();
  EXPECT_TRUE(destroyed);
}

TEST(InstrumentedSelectorTest, WithoutASelectorEveryCallFails) {
  InstrumentedSelector selector(nullptr);
  Event events[1];
  EXPECT_TRUE(absl::IsFailedPrecondition(
      selector.Add(kHandle, kToken, Interest::kReadable)));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      selector.Modify(kHandle, kToken, Interest::kReadable)));
  EXPECT_TRUE(absl::IsFailedPrecondition(selector.Remove(kHandle)));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration())
          .status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(selector.Wake()));
  selector.Close();
  EXPECT_EQ(selector.capabilities().interests, Interest::kNone);
  EXPECT_EQ(selector.statistics().failed_waits, 1u);
}

TEST(InstrumentedSelectorTest, CountsNothingAtFirst) {
  const Subject subject;
  EXPECT_EQ(subject.selector->statistics().ToString(),
            SelectorStatistics().ToString());
}

TEST(InstrumentedSelectorTest, CountsRegistrationsAndTheirFailures) {
  Subject subject;
  MockSelector& mock = *subject.mock;
  const absl::Status ok;
  const absl::Status failure = absl::NotFoundError("");
  EXPECT_CALL(mock, Add).WillOnce(Return(failure)).WillRepeatedly(Return(ok));
  EXPECT_CALL(mock, Modify)
      .WillOnce(Return(failure))
      .WillOnce(Return(failure))
      .WillRepeatedly(Return(ok));
  EXPECT_CALL(mock, Remove)
      .Times(8)
      .WillOnce(Return(failure))
      .WillOnce(Return(failure))
      .WillOnce(Return(failure))
      .WillRepeatedly(Return(ok));
  for (int i = 0; i < 6; ++i) {
    (void)subject.selector->Add(kHandle, kToken, Interest::kReadable);
  }
  for (int i = 0; i < 6; ++i) {
    (void)subject.selector->Modify(kHandle, kToken, Interest::kReadable);
  }
  for (int i = 0; i < 8; ++i) (void)subject.selector->Remove(kHandle);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.adds, 5u);
  EXPECT_EQ(counted.failed_adds, 1u);
  EXPECT_EQ(counted.modifies, 4u);
  EXPECT_EQ(counted.failed_modifies, 2u);
  EXPECT_EQ(counted.removes, 5u);
  EXPECT_EQ(counted.failed_removes, 3u);
  EXPECT_EQ(counted.waits + counted.failed_waits + counted.wakes, 0u);
}

TEST(InstrumentedSelectorTest, CountsWaitsByWhatTheyReturn) {
  Subject subject;
  subject.Wait(3);
  subject.Wait(0);
  subject.Wait(absl::CancelledError(""));
  subject.Wait(40);
  subject.Wait(0);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.waits, 4u);
  EXPECT_EQ(counted.empty_waits, 2u);
  EXPECT_EQ(counted.events, 43u);
  EXPECT_EQ(counted.failed_waits, 1u);
  EXPECT_EQ(counted.batch_size, Of({3, 0, 40, 0}));
}

TEST(InstrumentedSelectorTest, MeasuresTimeInAndBetweenWaits) {
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

TEST(InstrumentedSelectorTest, AFailedWaitHasNoBlockedTime) {
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
TEST(InstrumentedSelectorTest, TheTimeBetweenWaitsIsCountedAtTheCall) {
  Subject subject;
  subject.Wait(1);
  now_ns += 100;
  SelectorStatistics during;
  subject.during_wait = [&] { during = subject.selector->statistics(); };
  subject.Wait(1);
  EXPECT_EQ(during.between_waits_ns, Of({100}));
  EXPECT_EQ(during.waits, 1u);
}

TEST(InstrumentedSelectorTest, AClockThatGoesBackGivesNoTimeBelowZero) {
  Subject subject;
  subject.Wait(1, -50);
  now_ns -= 1000;
  subject.Wait(1, 5);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.blocked_ns, Of({0, 5}));
  EXPECT_EQ(counted.between_waits_ns, Of({0}));
}

TEST(InstrumentedSelectorTest, AWaitReadsTheClockTwice) {
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

TEST(InstrumentedSelectorTest, WithoutAClockAllButTimeIsCounted) {
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

TEST(InstrumentedSelectorTest, TheClockIsSteadyUnlessAnotherIsGiven) {
  const std::int64_t before = InstrumentedSelector::ReadSteadyClock();
  Subject subject(&InstrumentedSelector::ReadSteadyClock);
  subject.Wait(1);
  subject.Wait(1);
  const auto passed = static_cast<std::uint64_t>(
      InstrumentedSelector::ReadSteadyClock() - before);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.blocked_ns.count(), 2u);
  EXPECT_EQ(counted.between_waits_ns.count(), 1u);
  EXPECT_LE(counted.blocked_ns.sum() + counted.between_waits_ns.sum(), passed);
}

// The time between waits, where several selectors and threads take part.

TEST(InstrumentedSelectorTest, SelectorsInTurnOnOneThreadAreToldApart) {
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

TEST(InstrumentedSelectorTest, MoreThanFourSelectorsInTurnAreNotMeasured) {
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
TEST(InstrumentedSelectorTest, NothingIsLeftOfASelectorThatWasDestroyed) {
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

TEST(InstrumentedSelectorTest, ADecoratorMayStandOverAnother) {
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
TEST(InstrumentedSelectorTest, EveryThreadIsCountedAndMeasuredByItself) {
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

// Wake-ups.

TEST(InstrumentedSelectorTest, CountsWakeUpsAskedForAndDelivered) {
  Subject subject;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(subject.selector->Wake().ok());
  EXPECT_EQ(subject.selector->statistics().delivered_wakes, 0u);
  subject.Wait(0);
  EXPECT_EQ(subject.selector->statistics().delivered_wakes, 1u);
  subject.Wait(0);
  EXPECT_EQ(subject.selector->statistics().delivered_wakes, 1u);
  EXPECT_TRUE(subject.selector->Wake().ok());
  subject.Wait(2);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.wakes, 4u);
  EXPECT_EQ(counted.delivered_wakes, 2u);
  EXPECT_EQ(counted.failed_wakes, 0u);
}

TEST(InstrumentedSelectorTest, AWakeUpDuringAWaitIsDeliveredByIt) {
  Subject subject;
  subject.during_wait = [&] { EXPECT_TRUE(subject.selector->Wake().ok()); };
  subject.Wait(0);
  EXPECT_EQ(subject.selector->statistics().delivered_wakes, 1u);
}

// A wait may return for a wake-up before `Wake` itself has returned.
TEST(InstrumentedSelectorTest, AWakeUpIsDeliveredBeforeWakeReturns) {
  Subject subject;
  EXPECT_CALL(*subject.mock, Wake).WillOnce([&] {
    subject.Wait(0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(subject.selector->Wake().ok());
  subject.Wait(0);
  const SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.wakes, 1u);
  EXPECT_EQ(counted.delivered_wakes, 1u);
}

TEST(InstrumentedSelectorTest, AFailedWaitDeliversNothing) {
  Subject subject;
  EXPECT_TRUE(subject.selector->Wake().ok());
  subject.Wait(absl::InvalidArgumentError(""));
  EXPECT_EQ(subject.selector->statistics().delivered_wakes, 0u);
  subject.Wait(0);
  EXPECT_EQ(subject.selector->statistics().delivered_wakes, 1u);
}

TEST(InstrumentedSelectorTest, AFailedWakeIsNotDelivered) {
  Subject subject;
  EXPECT_CALL(*subject.mock, Wake)
      .WillOnce(Return(absl::InternalError("")))
      .WillOnce(Return(absl::OkStatus()))
      .WillOnce(Return(absl::InternalError("")));
  EXPECT_FALSE(subject.selector->Wake().ok());
  subject.Wait(0);
  SelectorStatistics counted = subject.selector->statistics();
  EXPECT_EQ(counted.wakes, 0u);
  EXPECT_EQ(counted.failed_wakes, 1u);
  EXPECT_EQ(counted.delivered_wakes, 0u);
  // One that fails takes nothing from one that is on its way.
  EXPECT_TRUE(subject.selector->Wake().ok());
  EXPECT_FALSE(subject.selector->Wake().ok());
  subject.Wait(0);
  counted = subject.selector->statistics();
  EXPECT_EQ(counted.failed_wakes, 2u);
  EXPECT_EQ(counted.delivered_wakes, 1u);
}

TEST(InstrumentedSelectorTest, ADifferenceTellsWhatCameSince) {
  Subject subject;
  subject.Wait(1, 1000);
  now_ns += 5000;
  const SelectorStatistics before = subject.selector->statistics();
  EXPECT_TRUE(subject.selector->Wake().ok());
  subject.Wait(0, 20);
  now_ns += 30;
  subject.Wait(4, 25);
  const SelectorStatistics since = subject.selector->statistics() - before;
  EXPECT_EQ(since.waits, 2u);
  EXPECT_EQ(since.empty_waits, 1u);
  EXPECT_EQ(since.events, 4u);
  EXPECT_EQ(since.wakes, 1u);
  EXPECT_EQ(since.delivered_wakes, 1u);
  EXPECT_EQ(since.batch_size, Of({0, 4}));
  EXPECT_EQ(since.blocked_ns, Of({20, 25}));
  EXPECT_EQ(since.between_waits_ns.count(), 2u);
}

TEST(InstrumentedSelectorTest, PrintsWhatWasCounted) {
  Subject subject;
  subject.Wait(2, 1500);
  EXPECT_TRUE(subject.selector->Wake().ok());
  EXPECT_EQ(subject.selector->statistics().ToString(),
            "waits: 1 (0 empty, 0 failed)\n"
            "events: 2\n"
            "wakes: 1 (0 delivered, 0 failed)\n"
            "adds: 0 (0 failed)\n"
            "modifies: 0 (0 failed)\n"
            "removes: 0 (0 failed)\n"
            "batch size: {count: 1, mean: 2.00, min: 2, p50: 2, p90: 2, "
            "p99: 2, p99.9: 2, max: 2}\n"
            "blocked: {count: 1, mean: 1.5us, min: 1.5us, p50: 1.5us, p90: "
            "1.5us, p99: 1.5us, p99.9: 1.5us, max: 1.5us}\n"
            "between waits: {count: 0}");
}

}  // namespace
}  // namespace event
