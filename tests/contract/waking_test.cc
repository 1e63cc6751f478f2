// K1 to K3 and K5 of the contract: `Wake` and `Close`.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/socket.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr auto kCancelled = absl::StatusCode::kCancelled;

class WakingContract : public ContractTest {
 protected:
  // Whether no wake-up is left: a `Wait` then lasts its whole time.
  void ExpectNoWakeUpIsLeft() {
    const Stopwatch stopwatch;
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    EXPECT_THAT(stopwatch.Elapsed(), Ge(kAMoment));
  }
  void Watch(Mode mode) {
    ASSERT_THAT(
        selector().Add(pair_.a.handle(), Token(1), Interest::kWritable, mode),
        IsOk());
  }

  SocketPair pair_ = MakeStreamPair();
  SocketPair other_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(WakingContract);

TEST_P(WakingContract, K1WakeBeforeWait) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(selector().Wake(), IsOk());
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  }
  ExpectNoWakeUpIsLeft();
}

TEST_P(WakingContract, K1WakeWhileThisThreadWaits) {
  for (int i = 0; i < 10; ++i) {
    const OnceBlocked waker([this] { EXPECT_THAT(selector().Wake(), IsOk()); });
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  }
  ExpectNoWakeUpIsLeft();
}

TEST_P(WakingContract, K1WakeDuringWait) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  for (int i = 0; i < 10; ++i) {
    WaitingThread waiter(selector());
    EXPECT_FALSE(waiter.has_returned());
    ASSERT_THAT(selector().Wake(), IsOk());
    EXPECT_THAT(waiter.events(), IsEmpty());
  }
  ExpectNoWakeUpIsLeft();
}

TEST_P(WakingContract, K1OneOfManyWaitersReturns) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  std::vector<std::unique_ptr<WaitingThread>> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.push_back(std::make_unique<WaitingThread>(selector()));
  }
  const auto returned = [&waiters] {
    return std::count_if(
        waiters.begin(), waiters.end(),
        [](const auto& waiter) { return waiter->has_returned(); });
  };
  ASSERT_THAT(selector().Wake(), IsOk());
  while (returned() == 0) std::this_thread::yield();
  selector().Close();
  int woken = 0;
  for (const auto& waiter : waiters) {
    const absl::Status status = waiter->status();
    if (status.ok()) ++woken;
    EXPECT_TRUE(status.ok() || status.code() == kCancelled) << status;
  }
  EXPECT_GE(woken, 1);
}

// Two threads hand a number back and forth, each woken by the other.
TEST_P(WakingContract, K1NoWakeUpIsLost) {
  const int turns = Repetitions(20000);
  const std::unique_ptr<Selector> other = NewSelector();
  std::atomic<int> turn{0};
  const auto play = [&turn, turns](int player, Selector& mine,
                                   Selector& theirs) {
    std::vector<Event> room(4);
    for (;;) {
      const int now = turn.load(std::memory_order_relaxed);
      if (now >= turns) break;
      if (now % 2 != player) {
        ASSERT_THAT(mine.Wait(absl::MakeSpan(room), kForSure).status(), IsOk());
        continue;
      }
      turn.store(now + 1, std::memory_order_relaxed);
      ASSERT_THAT(theirs.Wake(), IsOk());
    }
    EXPECT_THAT(theirs.Wake(), IsOk());
  };
  std::thread first(play, 0, std::ref(selector()), std::ref(*other));
  play(1, *other, selector());
  first.join();
  EXPECT_EQ(turn.load(), turns);
}

// Without any other synchronisation: what was written before `Wake` is there
// after the `Wait` that returns for it, also when the call joined an earlier
// one that was still pending. ThreadSanitizer checks it by the plain variable.
TEST_P(WakingContract, K1TheWakerWritesAreSeen) {
  const int rounds = Repetitions(2000);
  for (int round = 0; round < rounds; ++round) {
    int data = 0;
    std::thread waker([&] {
      data = 1;
      ASSERT_THAT(selector().Wake(), IsOk());
    });
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
    EXPECT_EQ(data, 1);
    waker.join();
  }
}

TEST_P(WakingContract, K2ManyCallsCountAsOne) {
  for (int i = 0; i < 1000; ++i) ASSERT_THAT(selector().Wake(), IsOk());
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  ExpectNoWakeUpIsLeft();
}

TEST_P(WakingContract, K2CallsFromManyThreadsCountAsOne) {
  std::vector<std::thread> wakers;
  for (int i = 0; i < 8; ++i) {
    wakers.emplace_back([this] {
      for (int j = 0; j < 1000; ++j) EXPECT_THAT(selector().Wake(), IsOk());
    });
  }
  for (std::thread& waker : wakers) waker.join();
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  ExpectNoWakeUpIsLeft();
}

TEST_P(WakingContract, K3AWakeUpTakesNoRoom) {
  for (const bool wake_first : {true, false}) {
    for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
      if (!Supports(mode)) continue;
      SCOPED_TRACE(mode);
      if (!wake_first) Watch(mode);
      ASSERT_THAT(selector().Wake(), IsOk());
      if (wake_first) Watch(mode);
      EXPECT_THAT(WaitFor(kForSure, 1),
                  ElementsAre(IsEvent(1, Readiness::kWritable)));
      ASSERT_THAT(selector().Remove(pair_.a.handle()), IsOk());
      // It came with the event, or behind it and then by itself.
      EXPECT_THAT(Poll(), IsEmpty());
      ExpectNoWakeUpIsLeft();
    }
  }
}

// However the wake-up lies among the events, and however many fit.
TEST_P(WakingContract, K3AWakeUpHidesNoEvent) {
  Watch(Mode::kLevel);
  for (int i = 0; i < 8; ++i) {
    ASSERT_THAT(selector().Wake(), IsOk());
    if (i == 4) {
      ASSERT_THAT(
          selector().Add(other_.a.handle(), Token(2), Interest::kWritable),
          IsOk());
    }
    if (i < 4) {
      // W1: one event, also where the kernel would report it twice.
      EXPECT_THAT(WaitFor(kForSure, 2), ElementsAre(HasToken(1)));
    } else {
      EXPECT_THAT(WaitFor(kForSure, 2),
                  UnorderedElementsAre(HasToken(1), HasToken(2)));
    }
  }
}

TEST_P(WakingContract, K3AFullSpanAndAWakeUpLoseNothing) {
  EVENT_REQUIRE(Mode::kEdge);
  Watch(Mode::kEdge);
  ASSERT_THAT(selector().Add(other_.a.handle(), Token(2), Interest::kWritable,
                             Mode::kEdge),
              IsOk());
  ASSERT_THAT(selector().Wake(), IsOk());
  EXPECT_THAT(WaitFor(kForSure, 2),
              UnorderedElementsAre(HasToken(1), HasToken(2)));
  // The wake-up came with the events, or still comes by itself.
  EXPECT_THAT(Poll(), IsEmpty());
  ExpectNoWakeUpIsLeft();
}

// The one case in which events may be merged: nothing of what each of them says
// is lost, wherever the wake-up lies and however many places there are.
TEST_P(WakingContract, K3AWakeUpMayMergeEventsOfOneTokenButLosesNone) {
  EVENT_REQUIRE(Mode::kEdge);
  for (const std::size_t room : {1u, 2u, 3u}) {
    for (const int woken_before : {0, 1, 2}) {
      SCOPED_TRACE(absl::StrCat(room, " places, woken before the registration ",
                                woken_before));
      SendAll(other_.b.handle(), "x");
      ASSERT_TRUE(AwaitReadable(other_.a.handle(), kForSure));
      if (woken_before == 0) {
        ASSERT_THAT(selector().Wake(), IsOk());
      }
      Watch(Mode::kEdge);  // Writable, with the token 1.
      if (woken_before == 1) {
        ASSERT_THAT(selector().Wake(), IsOk());
      }
      ASSERT_THAT(selector().Add(other_.a.handle(), Token(1),
                                 Interest::kReadable, Mode::kEdge),
                  IsOk());
      if (woken_before == 2) {
        ASSERT_THAT(selector().Wake(), IsOk());
      }
      Readiness seen;
      std::size_t count = 0;
      // Each edge comes once, and the wake-up may take a Wait of its own.
      for (int wait = 0; wait < 4; ++wait) {
        for (const Event& event : Poll(room)) {
          EXPECT_EQ(event.token, Token(1));
          seen |= event.readiness;
          ++count;
        }
      }
      EXPECT_EQ(seen, Readiness::kReadable | Readiness::kWritable);
      EXPECT_GE(count, 1u);
      EXPECT_LE(count, 2u);
      ExpectNoWakeUpIsLeft();
      Drain(other_.a.handle());
      ASSERT_THAT(selector().Remove(pair_.a.handle()), IsOk());
      ASSERT_THAT(selector().Remove(other_.a.handle()), IsOk());
    }
  }
}

TEST_P(WakingContract, K5CloseWhileThisThreadWaits) {
  const OnceBlocked closer([this] { selector().Close(); });
  std::vector<Event> room(1);
  EXPECT_THAT(
      selector().Wait(absl::MakeSpan(room), absl::InfiniteDuration()).status(),
      HasCode(kCancelled));
}

TEST_P(WakingContract, K5CloseWakesAllWaiters) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  // Many times, and with threads on every processor: where one wake-up reaches
  // one thread only, another may come by in time to hide it.
  constexpr int kRounds = 20;
  constexpr int kWaiters = 8;
  for (int round = 0; round < kRounds; ++round) {
    RecreateSelector();
    std::vector<std::unique_ptr<WaitingThread>> waiters;
    for (int i = 0; i < kWaiters; ++i) {
      waiters.push_back(std::make_unique<WaitingThread>(selector()));
    }
    selector().Close();
    for (const auto& waiter : waiters) {
      EXPECT_THAT(waiter->status(), HasCode(kCancelled));
    }
  }
}

TEST_P(WakingContract, K5EveryCallAfterCloseIsCancelled) {
  Watch(Mode::kLevel);
  const absl::string_view name = selector().name();
  selector().Close();
  selector().Close();
  std::vector<Event> room(4);
  const Handle handle = pair_.a.handle();
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), absl::Milliseconds(1),
        absl::InfiniteDuration()}) {
    EXPECT_THAT(selector().Wait(absl::MakeSpan(room), timeout).status(),
                HasCode(kCancelled));
  }
  EXPECT_THAT(selector().Wait({}, absl::ZeroDuration()).status(),
              HasCode(kCancelled));
  EXPECT_THAT(selector().Add(handle, Token(1), Interest::kReadable),
              HasCode(kCancelled));
  EXPECT_THAT(selector().Add(handle, Token(1), Interest::FromBits(1u << 20)),
              HasCode(kCancelled));
  EXPECT_THAT(
      selector().Modify(handle, Token(1), Interest::kReadable, Mode::kLevel),
      HasCode(kCancelled));
  EXPECT_THAT(selector().Remove(handle), HasCode(kCancelled));
  EXPECT_THAT(selector().Wake(), HasCode(kCancelled));
  EXPECT_EQ(selector().name(), name);
}

TEST_P(WakingContract, K5CloseAfterAWakeUpThatNobodyFetched) {
  ASSERT_THAT(selector().Wake(), IsOk());
  selector().Close();
  std::vector<Event> room(1);
  EXPECT_THAT(
      selector().Wait(absl::MakeSpan(room), absl::InfiniteDuration()).status(),
      HasCode(kCancelled));
}

TEST_P(WakingContract, K5CloseFromManyThreadsWhileOthersWaitAndWake) {
  for (int round = 0; round < 50; ++round) {
    RecreateSelector();
    const int waiters = TakesAnyThread() ? 3 : 1;
    std::vector<std::thread> threads;
    for (int i = 0; i < waiters; ++i) {
      threads.emplace_back([this] {
        std::vector<Event> room(1);
        absl::Status status;
        while (status.ok()) {
          status = selector()
                       .Wait(absl::MakeSpan(room), absl::InfiniteDuration())
                       .status();
        }
        EXPECT_THAT(status, HasCode(kCancelled));
      });
    }
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([this] {
        while (selector().Wake().ok()) std::this_thread::yield();
      });
    }
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([this] { selector().Close(); });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
