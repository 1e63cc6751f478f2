// `Add`, `Modify` and `Remove`, where epoll_ctl fails: every error that its
// manual page names, and one that it does not, for each of the three.

#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
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

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

std::vector<Fault> Faults() {
  std::vector<Fault> faults;
  for (const SystemCall call :
       {SystemCall::kEpollCtlAdd, SystemCall::kEpollCtlMod,
        SystemCall::kEpollCtlDel}) {
    const bool is_add = call == SystemCall::kEpollCtlAdd;
    const bool is_modify = call == SystemCall::kEpollCtlMod;
    faults.insert(
        faults.end(),
        {
            {call, EBADF, kInvalidArgument, {"not open"}},
            {call, EEXIST, absl::StatusCode::kAlreadyExists, {"registered"}},
            // The causes that are real are in tests/epoll/limits_test.cc.
            {call,
             EINVAL,
             is_add      ? kResourceExhausted
             : is_modify ? kInvalidArgument
                         : absl::StatusCode::kInternal,
             {is_add      ? "500 paths"
              : is_modify ? "kExclusive"
                          : "epoll_ctl"}},
            {call,
             ELOOP,
             is_add ? kInvalidArgument : absl::StatusCode::kInternal,
             {is_add ? "circle" : "epoll_ctl"}},
            {call, ENOENT, absl::StatusCode::kNotFound, {"not registered"}},
            {call, ENOMEM, kResourceExhausted, {"memory"}},
            {call, ENOSPC, kResourceExhausted, {"max_user_watches"}},
            {call,
             EPERM,
             absl::StatusCode::kUnimplemented,
             {"not pollable", "a socket"}},
            // EXDEV stands for what no manual page names.
            {call,
             EXDEV,
             absl::StatusCode::kInternal,
             {"epoll_ctl", std::strerror(EXDEV)}},
        });
  }
  return faults;
}

class RegistrationFaultsTest : public ::testing::TestWithParam<Fault> {
 protected:
  // The call that fails, and its name in messages.
  absl::Status Call() {
    switch (GetParam().call) {
      case SystemCall::kEpollCtlAdd:
        return selector_->Add(handle_, Token(2), Interest::kWritable);
      case SystemCall::kEpollCtlMod:
        return selector_->Modify(handle_, Token(2), Interest::kWritable,
                                 Mode::kLevel);
      default:
        return selector_->Remove(handle_);
    }
  }
  std::string CallName() const {
    switch (GetParam().call) {
      case SystemCall::kEpollCtlAdd:
        return absl::StrCat("Add of handle ", handle_);
      case SystemCall::kEpollCtlMod:
        return absl::StrCat("Modify of handle ", handle_);
      default:
        return absl::StrCat("Remove of handle ", handle_);
    }
  }

  std::vector<Event> Poll() {
    std::vector<Event> events(8);
    events.resize(selector_->Wait(absl::MakeSpan(events), absl::ZeroDuration())
                      .value()
                      .size());
    return events;
  }

  FailingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
  std::unique_ptr<EpollSelector> selector_ = EpollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
  const Handle handle_ = pair_.a.handle();
};
INSTANTIATE_TEST_SUITE_P(Faults, RegistrationFaultsTest,
                         ::testing::ValuesIn(Faults()), FaultName);

TEST_P(RegistrationFaultsTest, IsReportedChangesNothingAndMayBeTriedAgain) {
  const bool is_add = GetParam().call == SystemCall::kEpollCtlAdd;
  SendAll(pair_.b.handle(), "x");
  if (!is_add) {
    ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kReadable).ok());
  }
  const std::set<int> before = OpenDescriptors();
  calls_.Fail(GetParam().call, GetParam().error, /*passing=*/0, /*failing=*/1);

  const absl::Status status = Call();

  EXPECT_EQ(calls_.failures(GetParam().call), 1);
  EXPECT_EQ(status.code(), GetParam().code) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(CallName()));
  for (const std::string& word : GetParam().words) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(word));
  }
  EXPECT_EQ(OpenDescriptors(), before);
  if (is_add) {
    EXPECT_THAT(Poll(), IsEmpty());
  } else {
    EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kReadable}));
  }

  EXPECT_TRUE(Call().ok());  // Nothing is remembered of the failure.
  if (GetParam().call != SystemCall::kEpollCtlDel) {
    EXPECT_THAT(Poll(), ElementsAre(Event{Token(2), Readiness::kWritable}));
    EXPECT_TRUE(selector_->Remove(handle_).ok());
  }
  EXPECT_EQ(Workout(*selector_), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
