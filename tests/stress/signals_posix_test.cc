// K4 and W3 of the contract under load: signals that hit waiting threads, with
// `Wake` in the handler.

#include <pthread.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>

#include "absl/base/config.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/stress/stress_test.h"

namespace event_selector {
namespace testing {
namespace {

constexpr int kSignal = SIGUSR1;

// What the handler works on: it takes no arguments of ours.
std::atomic<Selector*> selector_to_wake{nullptr};
std::atomic<std::uint64_t> handled{0};
std::atomic<std::uint64_t> failed{0};
std::atomic<bool> is_closing{false};  // The last signals may come later.

void CountAndWake(int) {
  handled.fetch_add(1);
  if (!selector_to_wake.load()->Wake().ok() && !is_closing) failed.fetch_add(1);
}

class SignalsStress : public StressTest {
 protected:
  SignalsStress() {
    handled = 0;
    failed = 0;
    is_closing = false;
    selector_to_wake = &selector();
    // Without SA_RESTART: it interrupts system calls.
    struct sigaction action = {};
    action.sa_handler = &CountAndWake;
    sigemptyset(&action.sa_mask);
    sigaction(kSignal, &action, &old_);
  }
  ~SignalsStress() override { sigaction(kSignal, &old_, nullptr); }

 private:
  struct sigaction old_ = {};
};
EVENT_INSTANTIATE_CONTRACT(SignalsStress);

// K1, K4: each handler's wake-up is seen by a thread that returns. W3: no
// thread returns for a signal alone, so there are no more returns than calls.
TEST_P(SignalsStress, K4WakeFromHandlersInWaitingThreads) {
#if defined(ABSL_HAVE_THREAD_SANITIZER)
  // It keeps signals back until the thread calls a function that it knows, and
  // the system that is played here waits in a call that it does not know.
  if (GetParam().played_system_calls != nullptr) {
    GTEST_SKIP() << "ThreadSanitizer keeps the signals back";
  }
#endif
  const std::uint64_t signals = Scaled(5000);
  std::atomic<std::uint64_t> returns{0};
  std::atomic<std::uint64_t> seen{0};
  std::array<pthread_t, kWaiters> waiters;
  std::atomic<int> started{0};
  Crew crew;
  crew.Start(kWaiters, [&](int number) {
    waiters[static_cast<std::size_t>(number)] = pthread_self();
    started.fetch_add(1);
    WaitUntilClosed(
        number, [] {},
        [&](absl::Span<const Event> events) {
          EXPECT_TRUE(events.empty());
          returns.fetch_add(1);
          const std::uint64_t now = handled.load();
          std::uint64_t before = seen.load();
          while (before < now && !seen.compare_exchange_weak(before, now)) {
          }
        });
  });
  ASSERT_TRUE(Await([&] { return started.load() == kWaiters; }));
  Crew senders;
  senders.Start(kWakers, [&](int number) {
    for (std::uint64_t i = 0; i < signals; ++i) {
      const std::uint64_t before = handled.load();
      pthread_kill(waiters[(i + static_cast<std::size_t>(number)) % kWaiters],
                   kSignal);
      if (i % 4 != 0) continue;
      if (!Await([&] { return handled.load() > before; })) return;
      const std::uint64_t due = handled.load();
      if (!Await([&] { return seen.load() >= due; })) return;
    }
  });
  senders.Join();
  if (!HasFailure()) {
    Await([&] { return seen.load() == handled.load(); });
  }
  is_closing = true;
  selector().Close();
  crew.Join();
  EXPECT_EQ(failed.load(), 0u);
  EXPECT_LE(returns.load(), handled.load());
  std::cout << handled.load() << " signals, " << returns.load() << " returns\n";
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
