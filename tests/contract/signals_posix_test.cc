// K4 and W3 of the contract: signal handlers.

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/count_allocations.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Ge;
using ::testing::IsEmpty;

constexpr int kSignal = SIGUSR1;

// What the handlers below work on: a handler takes no arguments of ours.
std::atomic<Selector*> selector_to_wake{nullptr};
std::atomic<int> signals_handled{0};
std::atomic<bool> wake_was_ok{false};
std::atomic<bool> errno_was_kept{false};

void CountSignal(int) { signals_handled.fetch_add(1); }

void WakeSelector(int) {
  const int saved_errno = errno;
  errno = ERANGE;
  wake_was_ok = selector_to_wake.load()->Wake().ok();
  errno_was_kept = errno == ERANGE;
  errno = saved_errno;
  signals_handled.fetch_add(1);
}

// Installs a handler for kSignal, without SA_RESTART, so that it interrupts
// system calls; puts the old one back in the end.
class ScopedSignalHandler {
 public:
  explicit ScopedSignalHandler(void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(kSignal, &action, &old_);
    signals_handled = 0;
  }
  ~ScopedSignalHandler() { sigaction(kSignal, &old_, nullptr); }

 private:
  struct sigaction old_ = {};
};

class SignalsContract : public ContractTest {
 protected:
  SignalsContract() { selector_to_wake = &selector(); }
};
EVENT_INSTANTIATE_CONTRACT(SignalsContract);

TEST_P(SignalsContract, W3SignalsDoNotEndAWait) {
  const ScopedSignalHandler handler(&CountSignal);
  constexpr absl::Duration kTimeout = absl::Milliseconds(200);
  const Stopwatch stopwatch;
  WaitingThread waiter(selector(), kTimeout);
  int sent = 0;
  while (!waiter.has_returned()) {
    const int before = signals_handled.load();
    pthread_kill(waiter.native_handle(), kSignal);
    ++sent;
    while (signals_handled.load() == before && !waiter.has_returned()) {
    }
  }
  EXPECT_THAT(waiter.status(), IsOk());
  EXPECT_THAT(waiter.events(), IsEmpty());
  EXPECT_THAT(stopwatch.Elapsed(), Ge(kTimeout));
  EXPECT_THAT(sent, Ge(1));
}

TEST_P(SignalsContract, W3SignalsDoNotEndAnInfiniteWait) {
  const ScopedSignalHandler handler(&CountSignal);
  WaitingThread waiter(selector());
  for (int sent = 1; sent <= 20; ++sent) {
    pthread_kill(waiter.native_handle(), kSignal);
    while (signals_handled.load() < sent) {
    }
  }
  EXPECT_FALSE(waiter.has_returned());
  ASSERT_THAT(selector().Wake(), IsOk());
  EXPECT_THAT(waiter.events(), IsEmpty());
}

TEST_P(SignalsContract, K4WakeFromAHandlerInTheWaitingThread) {
  const ScopedSignalHandler handler(&WakeSelector);
  WaitingThread waiter(selector());
  pthread_kill(waiter.native_handle(), kSignal);
  EXPECT_THAT(waiter.status(), IsOk());
  EXPECT_THAT(waiter.events(), IsEmpty());
  EXPECT_TRUE(wake_was_ok);
  EXPECT_TRUE(errno_was_kept);
}

TEST_P(SignalsContract, K4WakeFromAHandlerInAnotherThread) {
  const ScopedSignalHandler handler(&WakeSelector);
  WaitingThread waiter(selector());
  raise(kSignal);
  EXPECT_THAT(waiter.events(), IsEmpty());
}

// A handler that interrupts its own thread anywhere, `Wake` included.
TEST_P(SignalsContract, K4AHandlerMayInterruptWake) {
  const ScopedSignalHandler handler(&WakeSelector);
  std::atomic<bool> is_done{false};
  std::thread interrupted([&] {
    while (!is_done.load()) EXPECT_THAT(selector().Wake(), IsOk());
  });
  for (int i = 0; i < 1000; ++i) {
    pthread_kill(interrupted.native_handle(), kSignal);
    EXPECT_THAT(WaitFor(kForSure), IsEmpty());
  }
  is_done = true;
  interrupted.join();
}

// A handler must not allocate: not when all is well, and not on an error.
TEST_P(SignalsContract, K4WakeAllocatesNothing) {
  const AllocationCounter counter;
  const bool first = selector().Wake().ok();
  const bool second = selector().Wake().ok();
  selector().Close();
  const absl::StatusCode closed = selector().Wake().code();
  EXPECT_EQ(counter.allocations(), 0u);
  EXPECT_TRUE(first && second);
  EXPECT_EQ(closed, absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
