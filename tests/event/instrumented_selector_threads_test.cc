// An InstrumentedSelector over the selector of this build, in the hands of many
// threads.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/instrumented_selector.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_statistics.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/count_allocations.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Ge;
using ::testing::Le;

constexpr auto kCancelled = absl::StatusCode::kCancelled;

// Always reports one event, and does nothing else.
class ReadySelector final : public Selector {
 public:
  absl::Status Add(Handle, Token, Interest, Mode) override { return {}; }
  absl::Status Modify(Handle, Token, Interest, Mode) override { return {}; }
  absl::Status Remove(Handle) override { return {}; }
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration) override {
    return events.first(1);
  }
  absl::Status Wake() override { return {}; }
  void Close() override {}
  absl::string_view name() const override { return "ready"; }
  Capabilities capabilities() const override { return {}; }
};

class InstrumentedSelectorThreadsTest : public ::testing::Test {
 protected:
  InstrumentedSelectorThreadsTest() : selector_(Selector::Create().value()) {}

  // The number of events; fails the test on an error.
  std::size_t Wait(absl::Duration timeout) {
    std::array<Event, 16> room;
    const auto ready = selector_.Wait(absl::MakeSpan(room), timeout);
    EXPECT_TRUE(ready.ok()) << ready.status();
    return ready.ok() ? ready->size() : 0;
  }

  InstrumentedSelector selector_;
};

TEST_F(InstrumentedSelectorThreadsTest, CountsWhatARealSelectorDoes) {
  const SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  EXPECT_TRUE(selector_.Add(handle, Token(1), Interest::kReadable).ok());
  EXPECT_FALSE(selector_.Add(handle, Token(1), Interest::kReadable).ok());
  EXPECT_EQ(Wait(absl::ZeroDuration()), 0u);
  EXPECT_TRUE(
      selector_.Modify(handle, Token(1), Interest::kWritable, Mode::kLevel)
          .ok());
  EXPECT_EQ(Wait(absl::InfiniteDuration()), 1u);
  EXPECT_TRUE(selector_.Remove(handle).ok());
  EXPECT_FALSE(selector_.Remove(handle).ok());
  EXPECT_TRUE(selector_.Wake().ok());
  EXPECT_TRUE(selector_.Wake().ok());
  EXPECT_EQ(Wait(absl::InfiniteDuration()), 0u);
  constexpr absl::Duration kTimeout = absl::Milliseconds(20);
  EXPECT_EQ(Wait(kTimeout), 0u);
  selector_.Close();
  EXPECT_EQ(selector_.Wait({}, absl::ZeroDuration()).status().code(),
            kCancelled);

  const SelectorStatistics counted = selector_.statistics();
  EXPECT_EQ(counted.waits, 4u);
  EXPECT_EQ(counted.empty_waits, 3u);
  EXPECT_EQ(counted.events, 1u);
  EXPECT_EQ(counted.failed_waits, 1u);
  EXPECT_EQ(counted.wakes, 2u);
  EXPECT_EQ(counted.delivered_wakes, 1u);
  EXPECT_EQ(counted.adds, 1u);
  EXPECT_EQ(counted.failed_adds, 1u);
  EXPECT_EQ(counted.modifies, 1u);
  EXPECT_EQ(counted.removes, 1u);
  EXPECT_EQ(counted.failed_removes, 1u);
  EXPECT_EQ(counted.blocked_ns.count(), 4u);
  EXPECT_EQ(counted.between_waits_ns.count(), 4u);
  EXPECT_GE(absl::Nanoseconds(counted.blocked_ns.max()), kTimeout);
}

// On a thread that has not waited yet, too.
TEST_F(InstrumentedSelectorThreadsTest, WaitAndWakeAllocateNothing) {
  std::thread([this] {
    std::array<Event, 16> room;
    const AllocationCounter counter;
    bool all_ok = true;
    for (int i = 0; i < 3; ++i) {
      all_ok &= selector_.Wake().ok();
      all_ok &=
          selector_.Wait(absl::MakeSpan(room), absl::InfiniteDuration()).ok();
    }
    EXPECT_EQ(counter.allocations(), 0u);
    EXPECT_TRUE(all_ok);
  }).join();
}

// What the threads of the test have seen themselves.
struct Seen {
  std::atomic<std::uint64_t> waits{0};
  std::atomic<std::uint64_t> empty_waits{0};
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> failed_waits{0};
};

void WaitUntilClosed(Selector& selector, Seen& seen) {
  std::array<Event, 16> room;
  for (;;) {
    const auto ready =
        selector.Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    if (!ready.ok()) break;
    ++seen.waits;
    seen.events += ready->size();
    if (ready->empty()) ++seen.empty_waits;
  }
  ++seen.failed_waits;
}

void Register(Selector& selector, int times) {
  const SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  for (int i = 0; i < times; ++i) {
    EXPECT_TRUE(selector.Add(handle, Token(1), Interest::kWritable).ok());
    EXPECT_TRUE(
        selector.Modify(handle, Token(2), Interest::kReadable, Mode::kLevel)
            .ok());
    EXPECT_TRUE(selector.Remove(handle).ok());
    EXPECT_FALSE(selector.Remove(handle).ok());
  }
}

// No number goes back, and those of the waits agree.
void ReadUntil(const std::atomic<bool>& is_over,
               const InstrumentedSelector& selector) {
  SelectorStatistics before;
  while (!is_over) {
    const SelectorStatistics now = selector.statistics();
    EXPECT_GE(now.waits, before.waits);
    EXPECT_GE(now.events, before.events);
    EXPECT_GE(now.wakes, before.wakes);
    EXPECT_GE(now.delivered_wakes, before.delivered_wakes);
    EXPECT_GE(now.adds, before.adds);
    EXPECT_EQ(now.waits, now.batch_size.count());
    EXPECT_EQ(now.empty_waits, now.batch_size.counts()[0]);
    before = now;
  }
}

TEST_F(InstrumentedSelectorThreadsTest, LosesNothingOfManyThreads) {
  constexpr int kWakes = 3000;
  constexpr int kRegistrations = 1000;
  Seen seen;
  std::atomic<bool> is_over{false};
  std::thread reader([&] { ReadUntil(is_over, selector_); });
  std::vector<std::thread> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] { WaitUntilClosed(selector_, seen); });
  }
  // On a busy machine, all others may be done before a waiter begins.
  EXPECT_TRUE(selector_.Wake().ok());
  while (seen.waits == 0) std::this_thread::yield();
  std::vector<std::thread> others;
  for (int i = 0; i < 2; ++i) {
    others.emplace_back([this] {
      for (int j = 0; j < kWakes; ++j) EXPECT_TRUE(selector_.Wake().ok());
    });
    others.emplace_back([this] { Register(selector_, kRegistrations); });
  }
  for (std::thread& other : others) other.join();
  selector_.Close();
  for (std::thread& waiter : waiters) waiter.join();
  is_over = true;
  reader.join();

  const SelectorStatistics counted = selector_.statistics();
  EXPECT_EQ(counted.waits, seen.waits);
  EXPECT_EQ(counted.empty_waits, seen.empty_waits);
  EXPECT_EQ(counted.events, seen.events);
  EXPECT_EQ(counted.failed_waits, seen.failed_waits);
  EXPECT_EQ(counted.blocked_ns.count(), seen.waits);
  // Each waiter's first call comes after nothing.
  EXPECT_EQ(counted.between_waits_ns.count(),
            seen.waits + seen.failed_waits - waiters.size());
  EXPECT_EQ(counted.wakes, 2u * kWakes + 1);
  EXPECT_THAT(counted.delivered_wakes, Ge(1u));
  EXPECT_THAT(counted.delivered_wakes, Le(counted.wakes));
  EXPECT_EQ(counted.adds, 2u * kRegistrations);
  EXPECT_EQ(counted.modifies, 2u * kRegistrations);
  EXPECT_EQ(counted.removes, 2u * kRegistrations);
  EXPECT_EQ(counted.failed_removes, 2u * kRegistrations);
}

// Over a selector that costs nothing, so that the threads are often at the same
// place at once.
TEST(InstrumentedSelectorOverNothingTest, LosesNothingOfSeveralWaiters) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kWaits = 200000;
  InstrumentedSelector selector(std::make_unique<ReadySelector>());
  std::atomic<std::uint64_t> running{0};
  std::vector<std::thread> waiters;
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    waiters.emplace_back([&] {
      std::array<Event, 1> room;
      ++running;
      while (running < kThreads) std::this_thread::yield();
      for (std::uint64_t i = 0; i < kWaits; ++i) {
        (void)selector.Wait(absl::MakeSpan(room), absl::ZeroDuration());
      }
    });
  }
  for (std::thread& waiter : waiters) waiter.join();
  const SelectorStatistics counted = selector.statistics();
  EXPECT_EQ(counted.waits, kThreads * kWaits);
  EXPECT_EQ(counted.events, kThreads * kWaits);
  EXPECT_EQ(counted.blocked_ns.count(), kThreads * kWaits);
  EXPECT_EQ(counted.between_waits_ns.count(), kThreads * (kWaits - 1));
}

// Each wake-up is answered before the next is asked for, so none is left out
// and none counted twice.
TEST_F(InstrumentedSelectorThreadsTest, CountsEachWakeUpThatIsWaitedFor) {
  constexpr std::uint64_t kWakes = 500;
  Seen seen;
  std::thread waiter([&] { WaitUntilClosed(selector_, seen); });
  for (std::uint64_t i = 0; i < kWakes; ++i) {
    EXPECT_TRUE(selector_.Wake().ok());
    while (seen.empty_waits <= i) std::this_thread::yield();
  }
  selector_.Close();
  waiter.join();
  const SelectorStatistics counted = selector_.statistics();
  EXPECT_EQ(counted.wakes, kWakes);
  EXPECT_EQ(counted.delivered_wakes, kWakes);
  EXPECT_EQ(counted.empty_waits, kWakes);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
