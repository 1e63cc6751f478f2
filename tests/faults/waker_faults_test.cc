// `Wake` and `Close`, where the system calls of the waker fail.

#include <cerrno>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/stopwatch.h"
#include "tests/contract/waiting_thread.h"
#include "tests/faults/fault.h"
#include "tests/faults/workout.h"
#include "tests/linux/failing_system_calls.h"
#include "tests/linux/system_calls.h"
#include "tests/support/count_allocations.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::IsEmpty;

constexpr auto kCancelled = absl::StatusCode::kCancelled;
constexpr auto kInternal = absl::StatusCode::kInternal;

constexpr int kStorm = 1000;

class WakerFaultsTest : public ::testing::Test {
 protected:
  std::vector<Event> Wait(absl::Duration timeout) {
    std::vector<Event> events(8);
    events.resize(
        selector_->Wait(absl::MakeSpan(events), timeout).value().size());
    return events;
  }

  // No wake-up is on its way.
  void ExpectQuiet() {
    const Stopwatch stopwatch;
    EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(5));
  }

  // `Wake` fails as its comment says: no message, no allocation (it may run in
  // a signal handler), `errno` as it was.
  void ExpectWakeFails() {
    errno = ERANGE;
    const AllocationCounter counter;
    const absl::Status status = selector_->Wake();
    EXPECT_EQ(errno, ERANGE);
    EXPECT_EQ(counter.allocations(), 0u);
    EXPECT_EQ(status.code(), kInternal);
    EXPECT_TRUE(status.message().empty());
  }

  FailingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
  std::unique_ptr<EpollSelector> selector_ = EpollSelector::Create().value();
};

// ---- Wake

class WakeErrorsTest : public WakerFaultsTest,
                       public ::testing::WithParamInterface<Fault> {};

// write(2) and read(2), without EAGAIN and EINTR. EXDEV stands for what no
// manual page names.
std::vector<Fault> WakeFaults() {
  std::vector<Fault> faults;
  for (const int error : {EBADF, EDESTADDRREQ, EDQUOT, EFAULT, EFBIG, EINVAL,
                          EIO, ENOSPC, EPERM, EPIPE, EXDEV}) {
    faults.push_back({SystemCall::kWrite, error, kInternal, {}});
  }
  for (const int error : {EBADF, EFAULT, EINVAL, EIO, EISDIR, EXDEV}) {
    faults.push_back({SystemCall::kRead, error, kInternal, {}});
  }
  return faults;
}
INSTANTIATE_TEST_SUITE_P(Faults, WakeErrorsTest,
                         ::testing::ValuesIn(WakeFaults()), FaultName);

TEST_P(WakeErrorsTest, AreReportedAndMayBeTriedAgain) {
  const std::set<int> before = OpenDescriptors();
  for (int attempt = 0; attempt < 3; ++attempt) {
    // The counter is read only where it seems to be at its limit.
    if (GetParam().call == SystemCall::kRead) {
      calls_.Fail(SystemCall::kWrite, EAGAIN, /*passing=*/0, /*failing=*/1);
    }
    calls_.Fail(GetParam().call, GetParam().error, /*passing=*/0,
                /*failing=*/1);
    ExpectWakeFails();
    EXPECT_EQ(calls_.failures(GetParam().call), attempt + 1);
  }
  EXPECT_EQ(OpenDescriptors(), before);
  ExpectQuiet();
  EXPECT_EQ(Workout(*selector_), "");
}

// A call that fails takes no wake-up away that another one has sent.
TEST_P(WakeErrorsTest, TakeNoOtherWakeUpAway) {
  ASSERT_TRUE(selector_->Wake().ok());
  calls_.Fail(SystemCall::kWrite, EAGAIN);
  calls_.Fail(GetParam().call, GetParam().error);
  EXPECT_TRUE(selector_->Wake().ok());  // One is pending: no call is made.
  calls_.Heal();
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  ExpectQuiet();
}

TEST_F(WakerFaultsTest, WakeIsSentInSpiteOfManySignals) {
  calls_.Fail(SystemCall::kWrite, EINTR, /*passing=*/0, kStorm);
  EXPECT_TRUE(selector_->Wake().ok());
  EXPECT_EQ(calls_.failures(SystemCall::kWrite), kStorm);
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  ExpectQuiet();
  EXPECT_EQ(Workout(*selector_), "");
}

// Again and again the counter is at its limit, and the read that is to reset it
// is interrupted, or finds that another thread has reset it.
TEST_F(WakerFaultsTest, WakeIsSentInSpiteOfAFullCounter) {
  for (const int read_error : {EINTR, EAGAIN}) {
    calls_.Fail(SystemCall::kWrite, EAGAIN, /*passing=*/0, kStorm);
    calls_.Fail(SystemCall::kRead, read_error, /*passing=*/0, kStorm);
    EXPECT_TRUE(selector_->Wake().ok());
    EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
    ExpectQuiet();
    EXPECT_EQ(Workout(*selector_), "");
  }
}

// ---- Close

// What filters system calls answers anything, and goes on to.
TEST_F(WakerFaultsTest, WakeEndsWhereTheSystemRefusesForEver) {
  for (const int error : {EAGAIN, EINTR}) {
    SCOPED_TRACE(error);
    calls_.Fail(SystemCall::kWrite, error);
    ExpectWakeFails();
    calls_.Heal();
    ExpectQuiet();
    EXPECT_EQ(Workout(*selector_), "");
  }
}

TEST_F(WakerFaultsTest, CloseWakesEveryWaiterThoughNothingCanBeWritten) {
  std::vector<std::unique_ptr<WaitingThread>> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.push_back(std::make_unique<WaitingThread>(*selector_));
  }
  calls_.Fail(SystemCall::kWrite, EAGAIN);
  calls_.Fail(SystemCall::kRead, EINTR);
  selector_->Close();
  for (const auto& waiter : waiters) {
    EXPECT_EQ(waiter->status().code(), kCancelled);
  }
}

// What no kernel does: the calls behind `Close` fail for good. It has no status
// to say so, but nothing hangs that comes after it, and nothing leaks.
TEST_F(WakerFaultsTest, CloseThatCannotSignalStillCloses) {
  for (const SystemCall call : {SystemCall::kEpollCtlMod}) {
    SCOPED_TRACE(call);
    const std::set<int> before = OpenDescriptors();
    {
      const auto selector = EpollSelector::Create().value();
      calls_.Fail(call, EXDEV);
      selector->Close();
      EXPECT_GE(calls_.failures(call), 1);
      calls_.Heal();
      Event events[1];
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(
            selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration())
                .status()
                .code(),
            kCancelled);
      }
      EXPECT_EQ(selector->Wake().code(), kCancelled);
      EXPECT_EQ(selector->Add(0, Token(1), Interest::kReadable).code(),
                kCancelled);
      selector->Close();
    }
    EXPECT_EQ(OpenDescriptors(), before);
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
