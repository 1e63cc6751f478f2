// W3 of the contract, in a real storm of signals on the waiting thread.

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <thread>

#include "absl/time/time.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/faults/workout.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::atomic<int> signals_handled{0};
void CountSignal(int) { signals_handled.fetch_add(1); }

// A timer's signal every half millisecond, for as long as this object lives. It
// goes to the thread that made the object: all others must block SIGALRM.
class SignalStorm {
 public:
  // `flags` of sigaction(2): 0 or SA_RESTART.
  explicit SignalStorm(int flags) {
    struct sigaction action = {};
    action.sa_handler = &CountSignal;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, &old_action_);
    Repeat(500);
  }
  SignalStorm(const SignalStorm&) = delete;
  SignalStorm& operator=(const SignalStorm&) = delete;
  ~SignalStorm() {
    Repeat(0);
    // One that is still on its way must not meet the default action.
    signal(SIGALRM, SIG_IGN);
    sigaction(SIGALRM, &old_action_, nullptr);
  }

 private:
  static void Repeat(int microseconds) {
    itimerval timer = {};
    timer.it_value.tv_usec = microseconds;
    timer.it_interval = timer.it_value;
    setitimer(ITIMER_REAL, &timer, nullptr);
  }

  struct sigaction old_action_ = {};
};

// A thread that the storm does not reach.
template <typename Function>
std::thread ShelteredThread(const Function& function) {
  sigset_t storm;
  sigset_t old;
  sigemptyset(&storm);
  sigaddset(&storm, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &storm, &old);
  std::thread thread(function);  // It inherits the mask.
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  return thread;
}

class SignalStormContract : public ContractTest {};
EVENT_INSTANTIATE_CONTRACT(SignalStormContract);

// It comes to its end although the storm goes on for as long as it takes, so it
// is not begun anew; and not before its time.
TEST_P(SignalStormContract, W3ATimeoutPassesOnce) {
  for (const int flags : {0, SA_RESTART}) {
    for (const absl::Duration timeout :
         {absl::Milliseconds(50), absl::Microseconds(50001)}) {
      const SignalStorm storm(flags);
      const int before = signals_handled;
      const Stopwatch stopwatch;
      EXPECT_THAT(WaitFor(timeout), IsEmpty());
      EXPECT_GE(stopwatch.Elapsed(), timeout);
      EXPECT_GT(signals_handled, before);
    }
  }
  EXPECT_EQ(Workout(selector()), "");
}

TEST_P(SignalStormContract, W3AnInfiniteWaitEndsWithTheWakeUpOnly) {
  for (const int flags : {0, SA_RESTART}) {
    const SignalStorm storm(flags);
    std::atomic<bool> is_sent{false};
    const int enough = signals_handled + 20;
    std::thread waker = ShelteredThread([&] {
      while (signals_handled < enough) std::this_thread::yield();
      is_sent = true;
      EXPECT_THAT(selector().Wake(), IsOk());
    });
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
    EXPECT_TRUE(is_sent);
    waker.join();
  }
  EXPECT_EQ(Workout(selector()), "");
}

// Each byte is sent when the one before was read, so each is an edge, and one
// that were lost would stop the game for ever.
TEST_P(SignalStormContract, W3NoEventIsLost) {
  constexpr int kBytes = 2000;
  for (const int flags : {0, SA_RESTART}) {
    for (const Mode mode : {Mode::kLevel, Mode::kEdge}) {
      if (!Supports(mode)) continue;
      const SignalStorm storm(flags);
      Pipe pipe = MakePipe();
      ASSERT_THAT(selector().Add(pipe.read_end.handle(), Token(1),
                                 Interest::kReadable, mode),
                  IsOk());
      std::atomic<int> received{0};
      std::thread sender = ShelteredThread([&] {
        for (int i = 0; i < kBytes; ++i) {
          while (received < i) std::this_thread::yield();
          WriteBytes(pipe.write_end.handle(), "x");
        }
      });
      while (received < kBytes) {
        EXPECT_THAT(WaitFor(absl::InfiniteDuration()),
                    ElementsAre(IsEvent(1, Readiness::kReadable)));
        EXPECT_EQ(Drain(pipe.read_end.handle()), "x");
        ++received;
      }
      sender.join();
      ASSERT_THAT(selector().Remove(pipe.read_end.handle()), IsOk());
    }
  }
  EXPECT_GT(signals_handled, 0);
  EXPECT_EQ(Workout(selector()), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
