// The first use of the waker's own token, where one of the system calls fails
// that move the waker into a queue of its own and register the handle.

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
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

constexpr auto kInternal = absl::StatusCode::kInternal;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

constexpr Token kShared(epoll::EventfdWaker::kData);

// The steps of the move: the queue, the eventfd in it, it in the selector.
struct Step {
  SystemCall call;
  int passing;  // Calls of this kind that come before the step.
  int error;
  absl::StatusCode code;
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << step.call << " " << step.passing << " "
             << ErrorName(step.error);
}

std::vector<Step> Steps() {
  std::vector<Step> steps = {
      {SystemCall::kEpollCreate1, 0, EINVAL, kInternal},
      {SystemCall::kEpollCreate1, 0, EMFILE, kResourceExhausted},
      {SystemCall::kEpollCreate1, 0, ENFILE, kResourceExhausted},
      {SystemCall::kEpollCreate1, 0, ENOMEM, kResourceExhausted},
      {SystemCall::kEpollCreate1, 0, EXDEV, kInternal},
  };
  for (const int passing : {0, 1}) {
    for (const int error : {EBADF, EEXIST, EINVAL, ELOOP, ENOENT, EXDEV}) {
      steps.push_back({SystemCall::kEpollCtlAdd, passing, error, kInternal});
    }
    // Of the waker's own descriptors: a filter of system calls.
    steps.push_back({SystemCall::kEpollCtlAdd, passing, EPERM,
                     absl::StatusCode::kUnimplemented});
    for (const int error : {ENOMEM, ENOSPC}) {
      steps.push_back(
          {SystemCall::kEpollCtlAdd, passing, error, kResourceExhausted});
    }
  }
  return steps;
}

class SharedTokenTest : public ::testing::Test {
 protected:
  std::vector<Event> Wait(absl::Duration timeout) {
    std::vector<Event> events(8);
    events.resize(
        selector_->Wait(absl::MakeSpan(events), timeout).value().size());
    return events;
  }

  absl::Status AddShared() {
    return selector_->Add(handle_, kShared, Interest::kReadable);
  }

  // The token is the user's, wake-ups are none of its events, and `descriptors`
  // are open besides those that were at first.
  void ExpectShared(std::size_t descriptors) {
    EXPECT_EQ(OpenDescriptors().size(), before_.size() + descriptors);
    EXPECT_EQ(Workout(*selector_), "");
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(Wait(absl::InfiniteDuration()),
                ElementsAre(Event{kShared, Readiness::kReadable}));
    Drain(handle_);
    EXPECT_TRUE(selector_->Remove(handle_).ok());
    EXPECT_EQ(Workout(*selector_), "");
    selector_.reset();
    EXPECT_EQ(OpenDescriptors().size(), before_.size() - 2);
  }

  FailingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
  std::unique_ptr<EpollSelector> selector_ = EpollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
  const Handle handle_ = pair_.a.handle();
  const std::set<int> before_ = OpenDescriptors();
};

class SharedTokenFaultsTest : public SharedTokenTest,
                              public ::testing::WithParamInterface<Step> {};

std::string StepName(const ::testing::TestParamInfo<Step>& info) {
  const bool is_create = info.param.call == SystemCall::kEpollCreate1;
  return absl::StrCat(is_create ? "epoll_create1" : "epoll_ctl",
                      info.param.passing, "_", ErrorName(info.param.error));
}
INSTANTIATE_TEST_SUITE_P(Faults, SharedTokenFaultsTest,
                         ::testing::ValuesIn(Steps()), StepName);

TEST_P(SharedTokenFaultsTest, FailsTheAddAndMayBeTriedAgain) {
  ASSERT_TRUE(selector_->Wake().ok());  // Must survive it all.
  for (int attempt = 0; attempt < 3; ++attempt) {
    calls_.Fail(GetParam().call, GetParam().error, GetParam().passing,
                /*failing=*/1);
    const absl::Status status = AddShared();
    EXPECT_EQ(status.code(), GetParam().code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("nested waker"));
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(std::strerror(GetParam().error)));
    EXPECT_EQ(OpenDescriptors(), before_);
    EXPECT_EQ(selector_->Remove(handle_).code(), absl::StatusCode::kNotFound);
  }
  EXPECT_EQ(calls_.failures(GetParam().call), 3);
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  EXPECT_EQ(Workout(*selector_), "");
  ASSERT_TRUE(AddShared().ok());
  ExpectShared(1);
}

TEST_P(SharedTokenFaultsTest, FailsTheModifyAndKeepsTheRegistration) {
  ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kReadable).ok());
  SendAll(pair_.b.handle(), "x");
  calls_.Fail(GetParam().call, GetParam().error, GetParam().passing,
              /*failing=*/1);
  EXPECT_EQ(
      selector_->Modify(handle_, kShared, Interest::kReadable, Mode::kLevel)
          .code(),
      GetParam().code);
  EXPECT_EQ(OpenDescriptors(), before_);
  EXPECT_THAT(Wait(absl::InfiniteDuration()),
              ElementsAre(Event{Token(1), Readiness::kReadable}));
  Drain(handle_);
  ASSERT_TRUE(
      selector_->Modify(handle_, kShared, Interest::kReadable, Mode::kLevel)
          .ok());
  ExpectShared(1);
}

// Where a wake-up is pending, its edge is given back to the queue.
TEST_F(SharedTokenTest, AnEdgeThatCannotBeGivenBackFailsTheAdd) {
  ASSERT_TRUE(selector_->Wake().ok());
  for (const int error : {ENOMEM, ENOENT}) {
    calls_.Fail(SystemCall::kEpollCtlMod, error, /*passing=*/0, /*failing=*/1);
    const absl::Status status = AddShared();
    EXPECT_EQ(status.code(), error == ENOMEM ? kResourceExhausted : kInternal);
    EXPECT_THAT(std::string(status.message()), HasSubstr("nested waker"));
    EXPECT_EQ(OpenDescriptors(), before_);
  }
  EXPECT_EQ(calls_.failures(SystemCall::kEpollCtlMod), 2);
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  ASSERT_TRUE(AddShared().ok());
  ExpectShared(1);
}

// Then a wake-up comes that nobody asked for, which ends no Wait.
TEST_F(SharedTokenTest, AnEdgeThatCannotBeTakenDoesNoHarm) {
  ASSERT_TRUE(selector_->Wake().ok());
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  calls_.Fail(SystemCall::kEpollWait, EIO, /*passing=*/0, /*failing=*/1);
  ASSERT_TRUE(AddShared().ok());
  EXPECT_EQ(calls_.failures(SystemCall::kEpollWait), 1);
  ExpectShared(1);
}

// The waker has moved when the handle itself finds no room. It does not move
// again.
TEST_F(SharedTokenTest, TheHandlesOwnErrorLeavesTheWakerMoved) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    calls_.Fail(SystemCall::kEpollCtlAdd, ENOSPC,
                /*passing=*/attempt == 0 ? 2 : 0, /*failing=*/1);
    const absl::Status status = AddShared();
    EXPECT_EQ(status.code(), kResourceExhausted);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(absl::StrCat("Add of handle ", handle_)));
    EXPECT_EQ(OpenDescriptors().size(), before_.size() + 1);
  }
  ASSERT_TRUE(AddShared().ok());
  ExpectShared(1);
}

// What no kernel does: the eventfd stays where it was, too. A wake-up then
// looks like the user's event besides, but is not lost.
TEST_F(SharedTokenTest, AnEventfdThatCannotBeMovedLosesNoWakeUp) {
  calls_.Fail(SystemCall::kEpollCtlDel, EXDEV, /*passing=*/0, /*failing=*/1);
  ASSERT_TRUE(AddShared().ok());
  EXPECT_EQ(calls_.failures(SystemCall::kEpollCtlDel), 1);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(selector_->Wake().ok());
    Wait(absl::InfiniteDuration());
  }
  const Stopwatch stopwatch;
  EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
  EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(5));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
