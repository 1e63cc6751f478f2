// EINTR, a thousand times in a row, against a clock that the test controls: the
// wait ends when it should, neither before nor after, and loses no event.

#include <signal.h>
#include <sys/epoll.h>
#include <time.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/workout.h"
#include "tests/linux/failing_system_calls.h"
#include "tests/linux/system_calls.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kStorm = 1000;

// A kernel whose time passes in waits only: a call that is interrupted takes
// `until_signal` of it, one that finds nothing its whole timeout, and one that
// finds an event none.
class StormySystemCalls : public FailingSystemCalls {
 public:
  int EpollWait(int epoll, epoll_event* events, int room,
                int timeout) override {
    if (timeout < 0) {
      return Interrupted(
          FailingSystemCalls::EpollWait(epoll, events, room, timeout));
    }
    return Pass(FailingSystemCalls::EpollWait(epoll, events, room, 0),
                absl::Milliseconds(timeout));
  }
  int EpollPwait2(int epoll, epoll_event* events, int room,
                  const timespec* timeout, const sigset_t* mask) override {
    const timespec none = {0, 0};
    return Pass(
        FailingSystemCalls::EpollPwait2(epoll, events, room, &none, mask),
        absl::DurationFromTimespec(*timeout));
  }
  int ClockGettime(clockid_t clock, timespec* time) override {
    if (clock != CLOCK_MONOTONIC) {
      return SystemCalls::ClockGettime(clock, time);
    }
    ++clock_reads;
    *time = absl::ToTimespec(kStart + passed);
    return 0;
  }

  // The next `signals` waits of each kind are interrupted.
  void Storm(int signals) {
    Fail(SystemCall::kEpollWait, EINTR, /*passing=*/0, signals);
    Fail(SystemCall::kEpollPwait2, EINTR, /*passing=*/0, signals);
  }
  int signals() const {
    return failures(SystemCall::kEpollWait) +
           failures(SystemCall::kEpollPwait2);
  }

  absl::Duration until_signal = absl::ZeroDuration();
  absl::Duration passed = absl::ZeroDuration();
  int clock_reads = 0;

 private:
  static constexpr absl::Duration kStart = absl::Seconds(1000);

  int Interrupted(int count) {
    if (count < 0 && errno == EINTR) passed += until_signal;
    return count;
  }
  int Pass(int count, absl::Duration timeout) {
    if (count == 0) passed += timeout;
    return Interrupted(count);
  }
};

class InterruptionsTest : public ::testing::Test {
 protected:
  std::vector<Event> Wait(absl::Duration timeout) {
    const ScopedSystemCalls scope(calls_);
    std::vector<Event> events(8);
    const auto ready = selector_->Wait(absl::MakeSpan(events), timeout);
    EXPECT_TRUE(ready.ok()) << ready.status();
    events.resize(ready.ok() ? ready->size() : 0);
    return events;
  }

  StormySystemCalls calls_;
  std::unique_ptr<EpollSelector> selector_ = EpollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
};

// W3: after each signal, what is left is waited for; not the whole again.
TEST_F(InterruptionsTest, TheTimeoutPassesOnceHoweverOftenItIsInterrupted) {
  for (const absl::Duration timeout :
       {absl::Milliseconds(10), absl::Microseconds(10001), absl::Seconds(3)}) {
    calls_.passed = absl::ZeroDuration();
    calls_.until_signal = timeout / (2 * kStorm);
    calls_.Storm(kStorm / 2);  // Of each of the two calls.
    EXPECT_THAT(Wait(timeout), IsEmpty());
    // To the next nanosecond, to which the clock's own reading is rounded.
    EXPECT_GE(calls_.passed, timeout);
    EXPECT_LT(calls_.passed, timeout + absl::Nanoseconds(2));
  }
  EXPECT_GE(calls_.signals(), kStorm);
  EXPECT_EQ(Workout(*selector_), "");
}

// The same where a signal comes too often for any time to pass at all, and
// where one comes after the end.
TEST_F(InterruptionsTest, ASignalThatTakesNoTimeOrAllOfItIsNoTimeout) {
  calls_.Storm(kStorm);
  EXPECT_THAT(Wait(absl::Milliseconds(10)), IsEmpty());
  EXPECT_EQ(calls_.passed, absl::Milliseconds(10));
  calls_.until_signal = absl::Seconds(1);
  calls_.Storm(1);
  EXPECT_THAT(Wait(absl::Milliseconds(10)), IsEmpty());
  EXPECT_EQ(calls_.passed, absl::Milliseconds(1010));
  EXPECT_EQ(Workout(*selector_), "");
}

TEST_F(InterruptionsTest, NoEventIsLost) {
  ASSERT_TRUE(
      selector_->Add(pair_.a.handle(), Token(1), Interest::kWritable).ok());
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), absl::Microseconds(1500), absl::Milliseconds(10),
        absl::InfiniteDuration()}) {
    const int signals_before = calls_.signals();
    calls_.Storm(kStorm);
    EXPECT_THAT(Wait(timeout),
                ElementsAre(Event{Token(1), Readiness::kWritable}));
    EXPECT_EQ(calls_.signals(), signals_before + kStorm);
  }
}

TEST_F(InterruptionsTest, NoWakeUpIsLost) {
  for (const absl::Duration timeout :
       {absl::Microseconds(1500), absl::Milliseconds(10),
        absl::InfiniteDuration()}) {
    ASSERT_TRUE(selector_->Wake().ok());
    calls_.passed = absl::ZeroDuration();
    calls_.Storm(kStorm);
    EXPECT_THAT(Wait(timeout), IsEmpty());
    EXPECT_EQ(calls_.passed, absl::ZeroDuration()) << "it timed out instead";
  }
  EXPECT_EQ(Workout(*selector_), "");
}

// W7: the promise holds in a storm, too.
TEST_F(InterruptionsTest, WithoutATimeToKeepNoClockIsRead) {
  calls_.Storm(kStorm);
  EXPECT_THAT(Wait(absl::ZeroDuration()), IsEmpty());
  ASSERT_TRUE(selector_->Wake().ok());
  calls_.Storm(kStorm);
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  EXPECT_EQ(calls_.signals(), 2 * kStorm);
  EXPECT_EQ(calls_.clock_reads, 0);
}

// The second call, for the place that a wake-up took.
TEST_F(InterruptionsTest, TheLastPlaceIsFilledAllTheSame) {
  ASSERT_TRUE(selector_->Wake().ok());
  ASSERT_TRUE(
      selector_->Add(pair_.a.handle(), Token(1), Interest::kWritable).ok());
  calls_.Fail(SystemCall::kEpollWait, EINTR, /*passing=*/1, kStorm);
  const ScopedSystemCalls scope(calls_);
  Event events[1];
  EXPECT_THAT(
      selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration()).value(),
      ElementsAre(Event{Token(1), Readiness::kWritable}));
  EXPECT_EQ(calls_.failures(SystemCall::kEpollWait), kStorm);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
