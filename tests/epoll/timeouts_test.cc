// Which system call serves a timeout, with which argument; against a clock and
// a kernel that the test controls, so that every value is exact.

#include <signal.h>
#include <sys/epoll.h>
#include <time.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <deque>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/event.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/linux/system_calls.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;

// One call: its timeout, in milliseconds (epoll_wait) or nanoseconds
// (epoll_pwait2).
struct Call {
  std::string name;
  std::int64_t timeout;
};

bool operator==(const Call& a, const Call& b) {
  return a.name == b.name && a.timeout == b.timeout;
}

std::ostream& operator<<(std::ostream& out, const Call& call) {
  return out << call.name << "(" << call.timeout << ")";
}

Call EpollWait(std::int64_t milliseconds) {
  return {"epoll_wait", milliseconds};
}
Call EpollPwait2(absl::Duration timeout) {
  return {"epoll_pwait2", absl::ToInt64Nanoseconds(timeout)};
}

// A kernel in which nothing is ever ready but, to end an infinite wait, the
// waker: each wait takes no time but on the test's own clock.
class FakeKernel : public SystemCalls {
 public:
  int EpollWait(int, epoll_event* events, int, int timeout) override {
    calls.push_back({"epoll_wait", timeout});
    if (timeout < 0 && signals.empty()) return WakeUp(events);
    if (spurious_wake_ups.empty()) return Pass(absl::Milliseconds(timeout));
    now += spurious_wake_ups.front();
    spurious_wake_ups.pop_front();
    return WakeUp(events);
  }
  int EpollPwait2(int, epoll_event*, int, const timespec* timeout,
                  const sigset_t* mask) override {
    EXPECT_EQ(mask, nullptr);
    const absl::Duration duration = absl::DurationFromTimespec(*timeout);
    calls.push_back({"epoll_pwait2", absl::ToInt64Nanoseconds(duration)});
    if (pwait2_error != 0) {
      errno = pwait2_error;
      return -1;
    }
    return Pass(duration);
  }
  int ClockGettime(clockid_t clock, timespec* time) override {
    if (clock != CLOCK_MONOTONIC) {
      return SystemCalls::ClockGettime(clock, time);
    }
    ++clock_reads;
    *time = absl::ToTimespec(now);
    return 0;
  }

  std::vector<Call> calls;
  int clock_reads = 0;
  absl::Duration now = absl::Seconds(1000);
  // After how long a signal interrupts the next waits, one each.
  std::deque<absl::Duration> signals;
  // After how long the next calls of epoll_wait return a wake-up that nobody
  // has asked for.
  std::deque<absl::Duration> spurious_wake_ups;
  int pwait2_error = 0;

 private:
  static int WakeUp(epoll_event* events) {
    events->events = EPOLLIN;
    events->data.u64 = epoll::EventfdWaker::kData;
    return 1;
  }

  int Pass(absl::Duration timeout) {
    if (signals.empty()) {
      now += timeout;
      return 0;
    }
    now += signals.front();
    signals.pop_front();
    errno = EINTR;
    return -1;
  }
};

class EpollTimeoutsTest : public ::testing::Test {
 protected:
  // The calls of one `Wait`, which must end with nothing.
  std::vector<Call> Wait(absl::Duration timeout) {
    kernel_.calls.clear();
    const ScopedSystemCalls scope(kernel_);
    Event events[4];
    const auto ready = selector_->Wait(absl::MakeSpan(events), timeout);
    EXPECT_TRUE(ready.ok() && ready->empty()) << ready.status();
    return kernel_.calls;
  }

  std::unique_ptr<EpollSelector> selector_ = EpollSelector::Create().value();
  FakeKernel kernel_;
};

TEST_F(EpollTimeoutsTest, ZeroAndInfiniteNeedNoClock) {
  EXPECT_THAT(Wait(absl::ZeroDuration()), ElementsAre(EpollWait(0)));
  EXPECT_THAT(Wait(-absl::Seconds(1)), ElementsAre(EpollWait(0)));
  ASSERT_TRUE(selector_->Wake().ok());
  EXPECT_THAT(Wait(absl::InfiniteDuration()), ElementsAre(EpollWait(-1)));
  EXPECT_EQ(kernel_.clock_reads, 0);
}

TEST_F(EpollTimeoutsTest, WholeMillisecondsTakeEpollWait) {
  EXPECT_THAT(Wait(absl::Milliseconds(1)), ElementsAre(EpollWait(1)));
  EXPECT_THAT(Wait(absl::Seconds(3)), ElementsAre(EpollWait(3000)));
  EXPECT_EQ(kernel_.clock_reads, 2);
}

TEST_F(EpollTimeoutsTest, FinerOnesTakeEpollPwait2) {
  for (const absl::Duration timeout :
       {absl::Nanoseconds(1), absl::Microseconds(999),
        absl::Milliseconds(1) + absl::Nanoseconds(1), absl::Microseconds(1500),
        absl::Seconds(5) + absl::Nanoseconds(7)}) {
    EXPECT_THAT(Wait(timeout), ElementsAre(EpollPwait2(timeout)));
  }
}

TEST_F(EpollTimeoutsTest, FinerThanANanosecondIsRoundedUp) {
  EXPECT_THAT(Wait(absl::Nanoseconds(1) / 4),
              ElementsAre(EpollPwait2(absl::Nanoseconds(1))));
  EXPECT_THAT(Wait(absl::Nanoseconds(10) + absl::Nanoseconds(1) / 4),
              ElementsAre(EpollPwait2(absl::Nanoseconds(11))));
}

TEST_F(EpollTimeoutsTest, WithoutEpollPwait2TimeoutsAreRoundedUp) {
  for (const int error : {ENOSYS, EPERM}) {
    selector_ = EpollSelector::Create().value();
    kernel_.pwait2_error = error;
    EXPECT_EQ(selector_->capabilities().timeout_resolution,
              absl::Nanoseconds(1));
    EXPECT_THAT(
        Wait(absl::Microseconds(1001)),
        ElementsAre(EpollPwait2(absl::Microseconds(1001)), EpollWait(2)));
    // Remembered.
    EXPECT_THAT(Wait(absl::Nanoseconds(1)), ElementsAre(EpollWait(1)));
    EXPECT_THAT(Wait(absl::Microseconds(999)), ElementsAre(EpollWait(1)));
    EXPECT_THAT(Wait(absl::Milliseconds(7)), ElementsAre(EpollWait(7)));
    EXPECT_EQ(selector_->capabilities().timeout_resolution,
              absl::Milliseconds(1));
  }
}

TEST_F(EpollTimeoutsTest, CreateFindsOutAboutEpollPwait2) {
  kernel_.pwait2_error = ENOSYS;
  {
    const ScopedSystemCalls scope(kernel_);
    selector_ = EpollSelector::Create().value();
  }
  EXPECT_EQ(selector_->capabilities().timeout_resolution,
            absl::Milliseconds(1));
  EXPECT_THAT(Wait(absl::Microseconds(1)), ElementsAre(EpollWait(1)));
}

TEST_F(EpollTimeoutsTest, AnotherErrorIsNoReasonToFallBack) {
  kernel_.pwait2_error = EBADF;
  const ScopedSystemCalls scope(kernel_);
  Event events[1];
  const auto ready =
      selector_->Wait(absl::MakeSpan(events), absl::Microseconds(1));
  EXPECT_EQ(ready.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(selector_->capabilities().timeout_resolution, absl::Nanoseconds(1));
}

TEST_F(EpollTimeoutsTest, AfterASignalTheRestIsWaitedFor) {
  kernel_.signals = {absl::Milliseconds(3), absl::Microseconds(1500)};
  EXPECT_THAT(Wait(absl::Milliseconds(10)),
              ElementsAre(EpollWait(10), EpollWait(7),
                          EpollPwait2(absl::Microseconds(5500))));
  EXPECT_EQ(kernel_.now, absl::Seconds(1000) + absl::Milliseconds(10));
}

TEST_F(EpollTimeoutsTest, AfterASignalTheRestIsRoundedUp) {
  kernel_.pwait2_error = ENOSYS;
  Wait(absl::Nanoseconds(1));
  kernel_.signals = {absl::Microseconds(200)};
  EXPECT_THAT(Wait(absl::Milliseconds(1)),
              ElementsAre(EpollWait(1), EpollWait(1)));
}

TEST_F(EpollTimeoutsTest, ASignalAtTheVeryEndLeavesOneLook) {
  kernel_.signals = {absl::Milliseconds(12)};
  EXPECT_THAT(Wait(absl::Milliseconds(10)),
              ElementsAre(EpollWait(10), EpollWait(0)));
}

TEST_F(EpollTimeoutsTest, AfterASpuriousWakeUpTheRestIsWaitedFor) {
  kernel_.spurious_wake_ups = {absl::Milliseconds(3), absl::Milliseconds(2)};
  EXPECT_THAT(Wait(absl::Milliseconds(10)),
              ElementsAre(EpollWait(10), EpollWait(7), EpollWait(5)));
}

TEST_F(EpollTimeoutsTest, ManySignalsDoNotEndAnInfiniteWait) {
  kernel_.signals.assign(100, absl::Milliseconds(1));
  ASSERT_TRUE(selector_->Wake().ok());
  Wait(absl::InfiniteDuration());
  EXPECT_EQ(kernel_.calls.size(), 101u);
  for (const Call& call : kernel_.calls) EXPECT_EQ(call, EpollWait(-1));
  EXPECT_EQ(kernel_.clock_reads, 0);
}

TEST_F(EpollTimeoutsTest, LongTimeoutsTakeSeveralCalls) {
  constexpr absl::Duration kLongest = absl::Milliseconds(INT_MAX);
  EXPECT_THAT(Wait(kLongest), ElementsAre(EpollWait(INT_MAX)));
  EXPECT_THAT(
      Wait(2 * kLongest + absl::Milliseconds(5)),
      ElementsAre(EpollWait(INT_MAX), EpollWait(INT_MAX), EpollWait(5)));
  EXPECT_THAT(
      Wait(kLongest + absl::Microseconds(1)),
      ElementsAre(EpollWait(INT_MAX), EpollPwait2(absl::Microseconds(1))));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
