// K5 and S1 of the contract: `Close` and destruction, in every phase.

#include <array>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <thread>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/stress/stress_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// To start a thread takes long under sanitizers: with Clang's
// AddressSanitizer, 70 s for 300 rounds of one backend.
#if defined(ABSL_HAVE_THREAD_SANITIZER)
constexpr std::uint64_t kRounds = 20;
#elif defined(ABSL_HAVE_ADDRESS_SANITIZER)
constexpr std::uint64_t kRounds = 50;
#else
constexpr std::uint64_t kRounds = 300;
#endif

constexpr auto kCancelled = absl::StatusCode::kCancelled;

// Who is at work when the selector is closed.
struct Phase {
  const char* name;
  bool has_waiters;
  bool has_wakers;
  bool has_mutators;
};
constexpr Phase kPhases[] = {
    {"before anyone waits", false, false, false},
    {"while all wait", true, false, false},
    {"while wakers wake", true, true, false},
    {"while mutators add", true, false, true},
    {"in the storm", true, true, true},
};

class ClosingStress : public StressTest {
 protected:
  // Each of these ends when the selector is closed, and says so.
  void Wait(int number) {
    std::array<Event, 16> room;
    const auto events = absl::MakeSpan(room).first(number % 2 == 1 ? 1 : 16);
    absl::Status status;
    while (status.ok()) {
      ++ready_;
      const Stopwatch stopwatch;
      status = selector().Wait(events, kForSure).status();
      EXPECT_LT(stopwatch.Elapsed(), kForSure) << "Close has not woken it";
    }
    EXPECT_THAT(status, HasCode(kCancelled));
  }

  void Wake() {
    absl::Status status;
    while (status.ok()) {
      ++ready_;
      status = selector().Wake();
      Rest();
    }
    EXPECT_THAT(status, HasCode(kCancelled));
  }

  void Mutate(Handle handle, Token token) {
    absl::Status status;
    while (status.ok()) {
      ++ready_;
      status = selector().Add(handle, token, Interest::kReadable);
      if (status.ok()) {
        status = selector().Modify(handle, Token(1), Interest::kWritable,
                                   Mode::kOneshot);
      }
      if (status.ok()) status = selector().Remove(handle);
      Rest();
    }
    EXPECT_THAT(status, HasCode(kCancelled));
  }

  // Who starts late meets a selector that is closed: a phase is a matter of
  // luck for each thread, so there are many rounds. At first all of them wait
  // for `is_started_`, so that they come at the same time.
  void Round(const Phase& phase, Token token, std::uint64_t round) {
    RecreateSelector();
    ready_ = 0;
    is_started_ = false;
    const auto start = [this] {
      while (!is_started_) std::this_thread::yield();
    };
    Crew crew;
    if (phase.has_waiters) {
      crew.Start(kWaiters, [this, start](int number) {
        start();
        Wait(number);
      });
    }
    if (phase.has_wakers) {
      crew.Start(kWakers, [this, start](int) {
        start();
        Wake();
      });
    }
    if (phase.has_mutators) {
      crew.Start(kMutators, [this, start, token](int number) {
        start();
        Mutate(pairs_[static_cast<std::size_t>(number)].a.handle(), token);
      });
    }
    is_started_ = true;
    // From none to all of the waiters, and somewhere in the work of the others.
    const bool has_others = phase.has_wakers || phase.has_mutators;
    const auto calls =
        static_cast<int>(round % (has_others ? 100 : kWaiters + 1));
    while (phase.has_waiters && ready_ < calls) std::this_thread::yield();
    selector().Close();
    if (!phase.has_waiters) Wait(0);
    crew.Join();
    DestroySelector();
  }

  std::array<SocketPair, kMutators> pairs_ = {
      MakeStreamPair(), MakeStreamPair(), MakeStreamPair(), MakeStreamPair()};
  std::atomic<int> ready_{0};
  std::atomic<bool> is_started_{false};
};
EVENT_INSTANTIATE_CONTRACT(ClosingStress);

TEST_P(ClosingStress, K5CloseInEveryPhaseEndsEveryThread) {
  const std::uint64_t rounds = Scaled(kRounds);
  for (const Phase& phase : kPhases) {
    SCOPED_TRACE(phase.name);
    for (std::uint64_t i = 0; i < rounds && !HasFailure(); ++i) {
      Round(phase, Token(2), i);
    }
  }
  std::cout << rounds * std::size(kPhases) << " selectors\n";
}

// The same where the epoll backend has its waker moved meanwhile.
TEST_P(ClosingStress, K5CloseWhileTheWakersTokenIsTakenIntoUse) {
  const std::uint64_t rounds = Scaled(kRounds);
  for (const Phase& phase : kPhases) {
    SCOPED_TRACE(phase.name);
    for (std::uint64_t i = 0; i < rounds && !HasFailure(); ++i) {
      Round(phase, kWakersToken, i);
    }
  }
  std::cout << rounds * std::size(kPhases) << " selectors\n";
}

// S1: destruction without `Close`, with registrations, events and a wake-up
// that nobody has fetched, by another thread than the last that used it.
TEST_P(ClosingStress, S1DestructionWithAllLeftAsItWas) {
  const std::uint64_t rounds = Scaled(1000);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    RecreateSelector();
    const Token token = i % 2 == 0 ? Token(2) : kWakersToken;
    Crew crew;
    crew.Start(kMutators, [this, token](int number) {
      const Handle handle = pairs_[static_cast<std::size_t>(number)].a.handle();
      EXPECT_THAT(selector().Add(handle, token, Interest::kWritable), IsOk());
      EXPECT_THAT(selector().Wake(), IsOk());
      if (number % 2 == 0) {
        EXPECT_FALSE(Poll(1).empty());
      }
    });
    crew.Join();
    DestroySelector();
  }
  for (const SocketPair& pair : pairs_) SendAll(pair.a.handle(), "x");
  std::cout << rounds << " selectors\n";
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
