// The poll backend, where one of its system calls fails: each error that the
// call's manual page names and that can be, and one that it does not.

#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/poll/notifier.h"
#include "backends/poll/poll_selector.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/contract/waiting_thread.h"
#include "tests/faults/fault.h"
#include "tests/faults/workout.h"
#include "tests/linux/failing_system_calls.h"
#include "tests/linux/system_calls.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInternal = absl::StatusCode::kInternal;
constexpr auto kOk = absl::StatusCode::kOk;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// ---- Create. EXDEV stands for what no manual page names.

std::vector<Fault> CreateFaults() {
  std::vector<Fault> faults;
  for (const SystemCall call : {SystemCall::kEventfd, SystemCall::kPipe2}) {
    for (const int error : {EMFILE, ENFILE, ENOMEM}) {
      faults.push_back({call, error, kResourceExhausted, {}});
    }
    for (const int error : {ENOSYS, EPERM}) {
      faults.push_back({call, error, kUnimplemented, {}});
    }
    for (const int error : {EINVAL, ENODEV, EXDEV}) {
      faults.push_back({call, error, kInternal, {}});
    }
  }
  return faults;
}

class PollCreateFaultsTest : public ::testing::TestWithParam<Fault> {};
INSTANTIATE_TEST_SUITE_P(Faults, PollCreateFaultsTest,
                         ::testing::ValuesIn(CreateFaults()), FaultName);

TEST_P(PollCreateFaultsTest, IsReportedLeavesNothingAndMayBeTriedAgain) {
  const auto kind = GetParam().call == SystemCall::kPipe2
                        ? poll::Notifier::Kind::kPipe
                        : poll::Notifier::Kind::kEventfd;
  FailingSystemCalls calls;
  const ScopedSystemCalls scope(calls);
  const std::set<int> before = OpenDescriptors();
  calls.Fail(GetParam().call, GetParam().error, /*passing=*/0, /*failing=*/1);
  const absl::Status status = PollSelector::Create({}, kind).status();
  EXPECT_THAT(status, HasCode(GetParam().code));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(std::strerror(GetParam().error)));
  EXPECT_EQ(OpenDescriptors(), before);
  {
    const auto selector = PollSelector::Create({}, kind);
    ASSERT_TRUE(selector.ok()) << selector.status();
    EXPECT_EQ(Workout(**selector), "");
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

class PollFaultsTest : public ::testing::Test {
 protected:
  absl::Status WaitStatus(absl::Duration timeout) {
    Event room[2];
    return selector_->Wait(absl::MakeSpan(room), timeout).status();
  }
  void Heal() {
    calls_.Heal();
    EXPECT_EQ(Workout(*selector_), "");
  }

  FailingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
  std::unique_ptr<PollSelector> selector_ = PollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
};

// ---- ppoll(2) that is not there

TEST_F(PollFaultsTest, WithoutPpollTimeoutsAreMilliseconds) {
  for (const int error : {ENOSYS, EPERM}) {
    calls_.Fail(SystemCall::kPpoll, error);
    selector_ = PollSelector::Create().value();
    EXPECT_EQ(selector_->capabilities().timeout_resolution,
              absl::Milliseconds(1));
    const int before = calls_.count(SystemCall::kPpoll);
    const Stopwatch stopwatch;
    EXPECT_THAT(WaitStatus(absl::Microseconds(1001)), IsOk());
    EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(2));
    EXPECT_EQ(calls_.count(SystemCall::kPpoll), before) << "asked again";
    Heal();
  }
}

TEST_F(PollFaultsTest, PpollThatIsRefusedLaterIsDoneWithout) {
  ASSERT_EQ(selector_->capabilities().timeout_resolution, absl::Nanoseconds(1));
  calls_.Fail(SystemCall::kPpoll, EPERM);
  for (int i = 0; i < 2; ++i) {
    const Stopwatch stopwatch;
    EXPECT_THAT(WaitStatus(absl::Microseconds(1001)), IsOk());
    EXPECT_GE(stopwatch.Elapsed(), absl::Microseconds(1001));
  }
  EXPECT_EQ(calls_.failures(SystemCall::kPpoll), 1);
  EXPECT_EQ(selector_->capabilities().timeout_resolution,
            absl::Milliseconds(1));
  Heal();
}

// ---- Wait

TEST_F(PollFaultsTest, AWaitThatFailsSaysWhyAndTheNextIsGood) {
  const std::vector<Fault> faults = {
      {SystemCall::kPoll, ENOMEM, kResourceExhausted, {}},
      {SystemCall::kPoll, EAGAIN, kResourceExhausted, {}},
      {SystemCall::kPoll, EINVAL, kResourceExhausted, {}},
      {SystemCall::kPoll, EFAULT, kInternal, {}},
      {SystemCall::kPoll, EXDEV, kInternal, {}},
      {SystemCall::kPpoll, ENOMEM, kResourceExhausted, {}},
      {SystemCall::kPpoll, EXDEV, kInternal, {}},
  };
  ASSERT_THAT(selector_->Add(pair_.a.handle(), Token(7), Interest::kWritable,
                             Mode::kOneshot),
              IsOk());
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault);
    calls_.Fail(fault.call, fault.error, /*passing=*/0, /*failing=*/1);
    EXPECT_THAT(
        WaitStatus(fault.call == SystemCall::kPoll ? absl::InfiniteDuration()
                                                   : absl::Microseconds(1001)),
        HasCode(fault.code));
    EXPECT_EQ(calls_.failures(fault.call), 1);
    calls_ = FailingSystemCalls();
  }
  // Nothing was lost by it.
  std::vector<Event> room(2);
  EXPECT_EQ(selector_->Wait(absl::MakeSpan(room), kForSure)->size(), 1u);
  EXPECT_EQ(room[0].token, Token(7));
  Heal();
}

TEST_F(PollFaultsTest, SignalsAreRetried) {
  ASSERT_THAT(selector_->Add(pair_.a.handle(), Token(7), Interest::kReadable),
              IsOk());
  SendAll(pair_.b.handle(), "x");
  std::vector<Event> room(2);
  // What the interrupted call left in the array counts for nothing.
  ASSERT_EQ(selector_->Wait(absl::MakeSpan(room), kForSure)->size(), 1u);
  Drain(pair_.a.handle());
  calls_.Script(SystemCall::kPoll, {EINTR, EINTR, EINTR});
  calls_.Script(SystemCall::kPpoll, {EINTR, EINTR, EINTR});
  const Stopwatch stopwatch;
  EXPECT_THAT(*selector_->Wait(absl::MakeSpan(room), absl::Milliseconds(20)),
              IsEmpty());
  EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(20));
  // Whole milliseconds are left to poll(2), the rest of them to ppoll(2).
  EXPECT_GE(calls_.failures(SystemCall::kPoll), 1);
  EXPECT_EQ(calls_.failures(SystemCall::kPpoll), 3);
  calls_.Heal();
}

TEST_F(PollFaultsTest, AddThatCannotAskChangesNothing) {
  for (const auto& [error, code] :
       std::vector<std::pair<int, absl::StatusCode>>{
           {ENOMEM, kResourceExhausted}, {EXDEV, kInternal}}) {
    calls_.Fail(SystemCall::kPoll, error, /*passing=*/0, /*failing=*/1);
    EXPECT_THAT(selector_->Add(pair_.a.handle(), Token(1), Interest::kWritable),
                HasCode(code));
    EXPECT_THAT(selector_->Remove(pair_.a.handle()),
                HasCode(absl::StatusCode::kNotFound));
  }
  calls_.Script(SystemCall::kPoll, {EINTR, EINTR});
  EXPECT_THAT(selector_->Add(pair_.a.handle(), Token(1), Interest::kNone),
              HasCode(kOk));
  Heal();
}

// ---- Waking

TEST_F(PollFaultsTest, AWakeUpThatCannotBeSentIsToldAndMayBeTriedAgain) {
  WaitingThread waiter(*selector_);
  calls_.Script(SystemCall::kWrite, {EINTR, EPERM});
  EXPECT_THAT(selector_->Wake(), HasCode(kInternal));
  EXPECT_FALSE(waiter.has_returned());
  EXPECT_EQ(calls_.failures(SystemCall::kWrite), 2);
  EXPECT_THAT(selector_->Wake(), IsOk());
  EXPECT_THAT(waiter.status(), IsOk());
  EXPECT_EQ(Workout(*selector_), "");
}

// A full pipe or counter is readable, so the poll ends.
TEST_F(PollFaultsTest, ANotifierThatIsFullHasDoneItsWork) {
  calls_.Fail(SystemCall::kWrite, EAGAIN);
  poll::Notifier notifier;
  ASSERT_THAT(notifier.Open(), IsOk());
  EXPECT_TRUE(notifier.Notify());
  calls_.Fail(SystemCall::kRead, EINTR, /*passing=*/0, /*failing=*/3);
  EXPECT_TRUE(notifier.Reset());
  EXPECT_EQ(calls_.failures(SystemCall::kRead), 3);
}

// An interruption that cannot be taken off would end every poll at once.
TEST_F(PollFaultsTest, AnInterruptionThatCannotBeReadIsAnError) {
  calls_.Fail(SystemCall::kRead, EPERM);
  const OnceBlocked waker([this] { EXPECT_THAT(selector_->Wake(), IsOk()); });
  EXPECT_THAT(WaitStatus(absl::InfiniteDuration()), HasCode(kInternal));
  calls_.Heal();
  // The wake-up is still there.
  EXPECT_THAT(WaitStatus(absl::InfiniteDuration()), IsOk());
  EXPECT_EQ(Workout(*selector_), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
