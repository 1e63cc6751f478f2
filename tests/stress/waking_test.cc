// K1 and K2 of the contract under load: `Wake`.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>

#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/stress/stress_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

class WakingStress : public StressTest {
 protected:
  // Each waker numbers its calls.
  struct Calls {
    std::atomic<std::uint64_t> made{0};
    // By a thread that has returned from `Wait`.
    std::atomic<std::uint64_t> seen{0};
  };

  // In each round every waker calls this often.
  static constexpr std::uint64_t kCalls = 4;

  void See(absl::Span<const Event> events) {
    if (events.empty()) returns_.fetch_add(1);
    for (Calls& calls : calls_) {
      const std::uint64_t made = calls.made.load(std::memory_order_relaxed);
      std::uint64_t seen = calls.seen.load(std::memory_order_relaxed);
      while (seen < made && !calls.seen.compare_exchange_weak(seen, made)) {
      }
    }
  }

  // What waker `number` does in a storm.
  void WakeInRounds(int number, std::uint64_t rounds) {
    Calls& mine = calls_[static_cast<std::size_t>(number)];
    for (std::uint64_t i = 1; i <= rounds * kCalls; ++i) {
      mine.made.store(i, std::memory_order_relaxed);
      EXPECT_THAT(selector().Wake(), IsOk());
      if (i % kCalls != 0) continue;
      const auto is_round_over = [&] {
        for (const Calls& calls : calls_) {
          if (calls.seen.load() < i) return false;
        }
        return true;
      };
      if (!Await(is_round_over)) return;
    }
  }

  // All at once; how many `mutators` make events meanwhile. Ends with `Close`.
  void Storm(std::uint64_t rounds, int mutators) {
    Crew crew;
    StartWaiters(crew, [this](absl::Span<const Event> events) { See(events); });
    Crew others;
    others.Start(mutators, [this](int) { MutateUntil(is_over_); });
    Crew wakers;
    wakers.Start(kWakers,
                 [this, rounds](int number) { WakeInRounds(number, rounds); });
    wakers.Join();
    is_over_ = true;
    others.Join();
    selector().Close();
    crew.Join();
    std::uint64_t made = 0;
    for (const Calls& calls : calls_) made += calls.made;
    EXPECT_LE(returns_.load(), made);
    std::cout << made << " wake-ups, " << returns_.load()
              << " returns without an event\n";
  }

  std::array<Calls, kWakers> calls_;
  std::atomic<std::uint64_t> returns_{0};
  std::atomic<bool> is_over_{false};
};
EVENT_INSTANTIATE_CONTRACT(WakingStress);

// K1, K2: one call after the other, from the wakers in turn. Each makes exactly
// one of the blocked threads return, and what was written before is there:
// `data` is a plain variable, which leads from the waker to the waiter by the
// selector alone (and back by `turn`), so that ThreadSanitizer checks it.
TEST_P(WakingStress, K1EachWakeIsSeenByOneThreadWithItsData) {
  const std::uint64_t wakes = Scaled(20000);
  std::uint64_t data = 0;
  std::atomic<std::uint64_t> turn{0};
  Crew crew;
  StartWaiters(crew, [&](absl::Span<const Event> events) {
    EXPECT_TRUE(events.empty());
    returns_.fetch_add(1, std::memory_order_relaxed);
    turn.store(data, std::memory_order_release);
  });
  Crew wakers;
  wakers.Start(kWakers, [&](int number) {
    for (auto i = static_cast<std::uint64_t>(number); i < wakes; i += kWakers) {
      if (!Await([&] { return turn.load(std::memory_order_acquire) >= i; })) {
        return;
      }
      EXPECT_EQ(data, i);
      data = i + 1;
      EXPECT_THAT(selector().Wake(), IsOk());
    }
  });
  wakers.Join();
  if (!HasFailure()) {
    Await([&] { return turn.load(std::memory_order_acquire) == wakes; });
  }
  selector().Close();
  crew.Join();
  EXPECT_EQ(returns_.load(), wakes);
  std::cout << wakes << " wake-ups\n";
}

// K1, K2: calls of all wakers that come before the `Wait` count as one, and all
// that each of them wrote before is there. The counter `done`, which is
// relaxed, makes nothing visible.
TEST_P(WakingStress, K2JoinedWakesAreOneWithTheDataOfAll) {
  const std::uint64_t rounds = Scaled(5000);
  std::array<std::uint64_t, kWakers> data = {};
  std::atomic<int> done{kWakers};
  std::atomic<std::uint64_t> round{0};
  Crew wakers;
  wakers.Start(kWakers, [&](int number) {
    for (std::uint64_t i = 1; i <= rounds; ++i) {
      if (!Await([&] { return round.load(std::memory_order_acquire) >= i; })) {
        return;
      }
      data[static_cast<std::size_t>(number)] = i;
      EXPECT_THAT(selector().Wake(), IsOk());
      done.fetch_add(1, std::memory_order_relaxed);
    }
  });
  for (std::uint64_t i = 1; i <= rounds; ++i) {
    done.store(0, std::memory_order_relaxed);
    round.store(i, std::memory_order_release);
    ASSERT_TRUE(
        Await([&] { return done.load(std::memory_order_relaxed) == kWakers; }));
    const Stopwatch stopwatch;
    EXPECT_TRUE(WaitFor(kForSure).empty());
    ASSERT_LT(stopwatch.Elapsed(), kForSure) << "nothing has woken it";
    for (const std::uint64_t datum : data) EXPECT_EQ(datum, i);
  }
  wakers.Join();
  std::cout << rounds * kWakers << " joined wake-ups\n";
}

// K1, K2: all at once, again and again. Then no waker calls until each knows
// that its last call was seen, so no later one makes up for what was lost.
TEST_P(WakingStress, K1NoWakeUpIsLostInAStorm) { Storm(Scaled(1000), 0); }

// The same where the epoll backend has had to move its waker.
TEST_P(WakingStress, K1NoWakeUpIsLostWhereTheWakersTokenIsInUse) {
  const SocketPair pair = MakeStreamPair();
  ASSERT_THAT(
      selector().Add(pair.a.handle(), kWakersToken, Interest::kReadable),
      IsOk());
  Storm(Scaled(500), 0);
}

// The same among events, so that most wake-ups come together with some. (An
// event may make up here for a wake-up that was lost.)
TEST_P(WakingStress, K3NoWakeUpIsLostAmongEvents) {
  Storm(Scaled(100), kMutators);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
