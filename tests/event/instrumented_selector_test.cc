// What an InstrumentedSelector counts, over a selector that does what the test
// says.

#include "event/instrumented_selector.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/selector_statistics.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/event/instrumented_subject.h"
#include "tests/event/mock_selector.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::NiceMock;
using ::testing::Return;

constexpr Handle kHandle = 3;
constexpr Token kToken(7);

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
  EXPECT_TRUE(
      selector.Modify(kHandle, kToken, Interest::kNone, Mode::kLevel).ok());
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
      selector.Modify(kHandle, kToken, Interest::kReadable, Mode::kLevel)));
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
    (void)subject.selector->Modify(kHandle, kToken, Interest::kReadable,
                                   Mode::kLevel);
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
}  // namespace testing
}  // namespace event_selector
