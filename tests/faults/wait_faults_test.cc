// `Wait`, where its system calls fail, return too early, or report what no
// manual page knows.

#include <sys/epoll.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/stopwatch.h"
#include "tests/faults/fault.h"
#include "tests/faults/workout.h"
#include "tests/linux/failing_system_calls.h"
#include "tests/linux/system_calls.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Answers the next call of epoll_wait by itself: with events, or, if there are
// none, as if the timeout had passed.
class LyingSystemCalls : public FailingSystemCalls {
 public:
  int EpollWait(int epoll, epoll_event* events, int room,
                int timeout) override {
    if (!lie.has_value()) {
      return FailingSystemCalls::EpollWait(epoll, events, room, timeout);
    }
    const std::vector<epoll_event> told = *lie;
    lie.reset();
    for (const epoll_event& event : told) {
      // Not aligned: see EventBuffer.
      std::memcpy(events++, &event, sizeof(event));
    }
    return static_cast<int>(told.size());
  }

  std::optional<std::vector<epoll_event>> lie;
};

epoll_event KernelEvent(std::uint32_t events, std::uint64_t data) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = data;
  return event;
}

class WaitFaultsTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<Event>> Wait(absl::Duration timeout,
                                          std::size_t room = 8) {
    std::vector<Event> events(room);
    const auto ready = selector_->Wait(absl::MakeSpan(events), timeout);
    if (!ready.ok()) return ready.status();
    events.resize(ready->size());
    return events;
  }

  LyingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
  std::unique_ptr<EpollSelector> selector_ = EpollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
  const Handle handle_ = pair_.a.handle();
};

// ---- Errors

struct WaitFault {
  int error;
  absl::Duration timeout;
};

std::string WaitFaultName(const ::testing::TestParamInfo<WaitFault>& info) {
  const absl::Duration timeout = info.param.timeout;
  return absl::StrCat(
      ErrorName(info.param.error), "_",
      timeout == absl::InfiniteDuration()
          ? "infinite"
          : absl::StrCat(absl::ToInt64Microseconds(timeout), "us"));
}

// epoll_wait(2). (EINTR: interruptions_test.cc; ENOSYS and EPERM of
// epoll_pwait2: tests/epoll/timeouts_test.cc.) EXDEV stands for what no manual
// page names.
std::vector<WaitFault> Faults() {
  std::vector<WaitFault> faults;
  for (const int error : {EBADF, EFAULT, EINVAL, EXDEV}) {
    for (const absl::Duration timeout :
         {absl::ZeroDuration(), absl::Microseconds(1500), absl::Milliseconds(2),
          absl::InfiniteDuration()}) {
      faults.push_back({error, timeout});
    }
  }
  return faults;
}

class WaitErrorsTest : public WaitFaultsTest,
                       public ::testing::WithParamInterface<WaitFault> {};
INSTANTIATE_TEST_SUITE_P(Faults, WaitErrorsTest, ::testing::ValuesIn(Faults()),
                         WaitFaultName);

TEST_P(WaitErrorsTest, AreReportedAndLoseNothing) {
  ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kWritable).ok());
  ASSERT_TRUE(selector_->Wake().ok());
  const std::set<int> before = OpenDescriptors();
  calls_.Fail(SystemCall::kEpollWait, GetParam().error);
  calls_.Fail(SystemCall::kEpollPwait2, GetParam().error);

  const absl::Status status = Wait(GetParam().timeout).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("epoll_wait"));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(std::strerror(GetParam().error)));
  EXPECT_EQ(OpenDescriptors(), before);
  calls_.Heal();
  EXPECT_THAT(Wait(absl::InfiniteDuration()).value(),
              ElementsAre(Event{Token(1), Readiness::kWritable}));
  ASSERT_TRUE(selector_->Remove(handle_).ok());
  EXPECT_EQ(Workout(*selector_), "");
}

// Both calls are gone: not even a round of the one for the other.
TEST_F(WaitFaultsTest, WithoutAnyCallToWaitWithItFails) {
  calls_.Fail(SystemCall::kEpollWait, ENOSYS);
  calls_.Fail(SystemCall::kEpollPwait2, ENOSYS);
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), absl::Microseconds(1500), absl::Milliseconds(2),
        absl::InfiniteDuration()}) {
    EXPECT_EQ(Wait(timeout).status().code(), absl::StatusCode::kInternal);
  }
  calls_.Heal();
  EXPECT_EQ(Workout(*selector_), "");
}

// A full span that a wake-up is among costs a second call, for the event that
// the wake-up pushed out. If that one fails, the event comes later.
TEST_F(WaitFaultsTest, TheSecondCallForTheLastPlaceMayFail) {
  for (const int error : {EBADF, EFAULT, EINVAL, EXDEV}) {
    ASSERT_TRUE(selector_->Wake().ok());
    ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kWritable).ok());
    calls_.Fail(SystemCall::kEpollWait, error, /*passing=*/1);
    EXPECT_THAT(Wait(absl::InfiniteDuration(), 1).value(), IsEmpty());
    EXPECT_GE(calls_.failures(SystemCall::kEpollWait), 1);
    calls_.Heal();
    EXPECT_THAT(Wait(absl::InfiniteDuration(), 1).value(),
                ElementsAre(Event{Token(1), Readiness::kWritable}));
    ASSERT_TRUE(selector_->Remove(handle_).ok());
    EXPECT_EQ(Workout(*selector_), "");
  }
}

// An error behind a wake-up that nobody asked for.
TEST_F(WaitFaultsTest, AnErrorAfterASpuriousWakeUpIsReported) {
  calls_.lie = {KernelEvent(EPOLLIN, epoll::EventfdWaker::kData)};
  calls_.Fail(SystemCall::kEpollWait, EBADF);
  EXPECT_EQ(Wait(absl::InfiniteDuration()).status().code(),
            absl::StatusCode::kInternal);
  calls_.Heal();
  EXPECT_EQ(Workout(*selector_), "");
}

// ---- Spurious returns

// What no kernel does. The system call's word is taken for it that a timeout
// has passed: to check it would take a second look at the clock (W7). So the
// wait ends early then, but nothing is lost by it.
TEST_F(WaitFaultsTest, AReturnBeforeTheTimeLosesNothing) {
  ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kWritable).ok());
  ASSERT_TRUE(selector_->Wake().ok());
  calls_.lie.emplace();
  EXPECT_THAT(Wait(absl::Milliseconds(20)).value(), IsEmpty());
  EXPECT_FALSE(calls_.lie.has_value());
  EXPECT_THAT(Wait(absl::Milliseconds(20)).value(),
              ElementsAre(Event{Token(1), Readiness::kWritable}));
  ASSERT_TRUE(selector_->Remove(handle_).ok());
  EXPECT_EQ(Workout(*selector_), "");
}

// W2: nothing has come, and there is no end of an infinite timeout.
TEST_F(WaitFaultsTest, AReturnWithoutEventsEndsNoInfiniteWait) {
  ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kWritable).ok());
  calls_.lie.emplace();
  EXPECT_THAT(Wait(absl::InfiniteDuration()).value(),
              ElementsAre(Event{Token(1), Readiness::kWritable}));
  ASSERT_TRUE(selector_->Remove(handle_).ok());
  EXPECT_EQ(Workout(*selector_), "");
}

// ---- Events of an unknown shape

TEST_F(WaitFaultsTest, UnknownBitsOfAnEventArePassedOn) {
  for (const std::uint32_t bits : {0xffff'ffffu, 0x8000'0000u, 0u}) {
    calls_.lie = {KernelEvent(bits, ~std::uint64_t{0})};
    EXPECT_THAT(Wait(absl::InfiniteDuration()).value(),
                ElementsAre(Event{Token(~std::uint64_t{0}),
                                  Readiness::FromBits(bits)}));
  }
  EXPECT_EQ(Workout(*selector_), "");
}

// The waker's events are known by their token alone, until that token is
// shared.
TEST_F(WaitFaultsTest, UnknownBitsOfAWakeUpMakeItNoEvent) {
  for (const std::uint32_t bits : {0xffff'ffffu, 0x8000'0000u, 0u}) {
    calls_.lie = {KernelEvent(bits, epoll::EventfdWaker::kData),
                  KernelEvent(EPOLLIN, 7)};
    EXPECT_THAT(Wait(absl::InfiniteDuration()).value(),
                ElementsAre(Event{Token(7), Readiness::kReadable}));
    calls_.lie = {KernelEvent(bits, epoll::EventfdWaker::kData)};
    const Stopwatch stopwatch;
    EXPECT_THAT(Wait(absl::Milliseconds(5)).value(), IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(5));
  }
  EXPECT_EQ(Workout(*selector_), "");
}

TEST_F(WaitFaultsTest, AllBitsOfAWakeUpOfASharedTokenMakeItNoEvent) {
  constexpr Token kShared(epoll::EventfdWaker::kData);
  ASSERT_TRUE(selector_->Add(handle_, kShared, Interest::kReadable).ok());
  calls_.lie = {KernelEvent(0xffff'ffff, kShared.value()),
                KernelEvent(EPOLLOUT, kShared.value())};
  EXPECT_THAT(Wait(absl::InfiniteDuration()).value(),
              ElementsAre(Event{kShared, Readiness::kWritable}));
  EXPECT_EQ(Workout(*selector_), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
