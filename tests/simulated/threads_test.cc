// The clauses of the contract that speak of several threads, on the simulated
// selector.

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
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
using ::testing::IsEmpty;

constexpr int kWaiters = 4;

class SimulatedThreadsContract : public SimulatedThreadsTest {
 protected:
  // Starts `kWaiters` threads, and returns once they are blocked.
  std::vector<std::unique_ptr<SimulatedWaiter>> StartWaiters(
      Selector& selector) {
    std::vector<std::unique_ptr<SimulatedWaiter>> waiters;
    for (int i = 0; i < kWaiters; ++i) {
      waiters.push_back(std::make_unique<SimulatedWaiter>(selector));
    }
    simulation_.AwaitBlocked(kWaiters);
    return waiters;
  }

  Handle handle_ = simulation_.MakeHandle();
};

TEST_F(SimulatedThreadsContract, R9CallsTakeEffectWhileAnotherThreadWaits) {
  SimulatedWaiter waiter(selector_);
  simulation_.AwaitBlocked(1);
  simulation_.SetReadiness(handle_,
                           Readiness::kReadable | Readiness::kWritable);
  ASSERT_THAT(selector_.Add(handle_, Token(1), Interest::kPriority), IsOk());
  simulation_.AwaitBlocked(1);  // Not for that.
  ASSERT_THAT(
      selector_.Modify(handle_, Token(2), Interest::kWritable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(2, Readiness::kWritable)));
}

TEST_F(SimulatedThreadsContract, R9RemoveTakesEffectWhileAnotherThreadWaits) {
  ASSERT_THAT(selector_.Add(handle_, Token(1), Interest::kReadable), IsOk());
  SimulatedWaiter waiter(selector_);
  simulation_.AwaitBlocked(1);
  ASSERT_THAT(selector_.Remove(handle_), IsOk());
  simulation_.SetReadiness(handle_, Readiness::kReadable);
  simulation_.AwaitBlocked(1);
  ASSERT_THAT(selector_.Wake(), IsOk());
  EXPECT_THAT(waiter.events(), IsEmpty());
}

TEST_F(SimulatedThreadsContract, M5OneChangeWakesOneWaitingSelector) {
  std::vector<std::unique_ptr<SimulatedSelector>> selectors;
  for (int i = 0; i < kWaiters; ++i) {
    selectors.push_back(std::make_unique<SimulatedSelector>(simulation_));
    ASSERT_THAT(selectors.back()->Add(handle_, Token(1), Interest::kReadable,
                                      Mode::kExclusive),
                IsOk());
  }
  for (int round = 0; round < 20; ++round) {
    // Nobody waits on the first one: it is passed over.
    std::vector<std::unique_ptr<SimulatedWaiter>> waiters;
    for (int i = 1; i < kWaiters; ++i) {
      waiters.push_back(std::make_unique<SimulatedWaiter>(*selectors[i]));
    }
    simulation_.AwaitBlocked(kWaiters - 1);
    simulation_.SetReadiness(handle_, Readiness::kReadable);
    simulation_.AwaitBlocked(kWaiters - 2);
    for (int i = 1; i < kWaiters; ++i) {
      ASSERT_THAT(selectors[i]->Wake(), IsOk());
    }
    int reached = 0;
    for (const auto& waiter : waiters) {
      if (!waiter->events().empty()) ++reached;
    }
    EXPECT_EQ(reached, 1);
    simulation_.SetReadiness(handle_, Readiness());
    // The one that was reached may have a wake-up left.
    for (const auto& selector : selectors) {
      std::vector<Event> room(1);
      ASSERT_THAT(selector->Wake(), IsOk());
      ASSERT_THAT(selector->Wait(absl::MakeSpan(room), absl::InfiniteDuration())
                      .status(),
                  IsOk());
    }
  }
}

TEST_F(SimulatedThreadsContract, W2W3ATimeoutEndsWhenTheClockGetsThere) {
  SimulatedWaiter waiter(selector_, absl::Seconds(5));
  simulation_.AwaitBlocked(1);
  simulation_.Advance(absl::Seconds(5) - absl::Nanoseconds(1));
  simulation_.AwaitBlocked(1);
  simulation_.Advance(absl::Nanoseconds(1));
  EXPECT_THAT(waiter.status(), IsOk());
  EXPECT_THAT(waiter.events(), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(5));
}

TEST_F(SimulatedThreadsContract, W6AOneshotEventAndAnEdgeGoToOneThread) {
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge}) {
    SCOPED_TRACE(mode);
    simulation_.SetReadiness(handle_, Readiness());
    SimulatedSelector selector(simulation_);
    ASSERT_THAT(selector.Add(handle_, Token(1), Interest::kReadable, mode),
                IsOk());
    const auto waiters = StartWaiters(selector);
    simulation_.SetReadiness(handle_, Readiness::kReadable);
    simulation_.AwaitBlocked(kWaiters - 1);
    selector.Close();
    int reached = 0;
    for (const auto& waiter : waiters) {
      if (!waiter->events().empty()) ++reached;
    }
    EXPECT_EQ(reached, 1);
  }
}

TEST_F(SimulatedThreadsContract, W6NoEventIsLostBetweenThreads) {
  constexpr int kHandles = 50;
  constexpr int kRounds = 200;
  std::vector<Handle> handles;
  std::vector<std::atomic<int>> reported(kHandles);
  for (int i = 0; i < kHandles; ++i) {
    handles.push_back(simulation_.MakeHandle());
    ASSERT_THAT(selector_.Add(handles[i], Token(i), Interest::kReadable,
                              Mode::kOneshot),
                IsOk());
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kWaiters; ++i) {
    threads.emplace_back([&] {
      std::vector<Event> room(3);
      for (;;) {
        const absl::StatusOr<absl::Span<Event>> ready =
            selector_.Wait(absl::MakeSpan(room), absl::InfiniteDuration());
        if (!ready.ok()) return;
        for (const Event& event : *ready) {
          const Handle handle = handles[event.token.value()];
          simulation_.ClearReadiness(handle, Readiness::kReadable);
          ++reported[event.token.value()];
          EXPECT_THAT(selector_.Modify(handle, event.token, Interest::kReadable,
                                       Mode::kOneshot),
                      IsOk());
        }
      }
    });
  }
  for (int round = 1; round <= kRounds; ++round) {
    for (const Handle handle : handles) {
      simulation_.SetReadiness(handle, Readiness::kReadable);
    }
    simulation_.AwaitBlocked(kWaiters);
    for (int i = 0; i < kHandles; ++i) ASSERT_EQ(reported[i], round);
  }
  selector_.Close();
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SimulatedThreadsContract, K1AWakeUpEndsOneWaitAndShowsWhatWasWritten) {
  int written = 0;
  int seen = 0;
  std::thread thread([&] {
    std::vector<Event> room(1);
    EXPECT_THAT(
        selector_.Wait(absl::MakeSpan(room), absl::InfiniteDuration()).status(),
        IsOk());
    seen = written;
  });
  simulation_.AwaitBlocked(1);
  written = 7;
  ASSERT_THAT(selector_.Wake(), IsOk());
  thread.join();
  EXPECT_EQ(seen, 7);
}

TEST_F(SimulatedThreadsContract, K5CloseEndsEveryWait) {
  const auto waiters = StartWaiters(selector_);
  selector_.Close();
  for (const auto& waiter : waiters) {
    EXPECT_THAT(waiter->status(), HasCode(absl::StatusCode::kCancelled));
  }
}

// With SimulatedSelectorOptions::single_waiter.
TEST_F(SimulatedThreadsContract, R9W6RefusedWhereOneThreadWaits) {
  SimulatedSelectorOptions options;
  options.single_waiter = true;
  SimulatedSelector selector(simulation_, options);
  constexpr auto kFailedPrecondition = absl::StatusCode::kFailedPrecondition;
  ASSERT_THAT(selector.Add(handle_, Token(1), Interest::kReadable), IsOk());
  SimulatedWaiter waiter(selector);
  simulation_.AwaitBlocked(1);
  EXPECT_THAT(
      selector.Modify(handle_, Token(2), Interest::kReadable, Mode::kLevel),
      HasCode(kFailedPrecondition));
  EXPECT_THAT(selector.Remove(handle_), HasCode(kFailedPrecondition));
  const Handle other = simulation_.MakeHandle();
  EXPECT_THAT(selector.Add(other, Token(2), Interest::kReadable),
              HasCode(kFailedPrecondition));
  std::vector<Event> room(1);
  EXPECT_THAT(
      selector.Wait(absl::MakeSpan(room), absl::ZeroDuration()).status(),
      HasCode(kFailedPrecondition));
  simulation_.SetReadiness(handle_, Readiness::kReadable);
  EXPECT_THAT(waiter.events(), ElementsAre(HasToken(1)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
