// `Create`, where one of its system calls fails: every error that the call's
// manual page names, and one that it does not.

#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "backends/epoll/epoll_selector.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/fault.h"
#include "tests/faults/workout.h"
#include "tests/linux/failing_system_calls.h"
#include "tests/linux/system_calls.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;

constexpr auto kInternal = absl::StatusCode::kInternal;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

// EXDEV stands for what no manual page names.
std::vector<Fault> FatalFaults() {
  std::vector<Fault> faults = {
      // epoll_create1(2)
      {SystemCall::kEpollCreate1, EINVAL, kInternal, {}},
      {SystemCall::kEpollCreate1, EMFILE, kResourceExhausted, {}},
      {SystemCall::kEpollCreate1, ENFILE, kResourceExhausted, {}},
      {SystemCall::kEpollCreate1, ENOMEM, kResourceExhausted, {}},
      {SystemCall::kEpollCreate1, ENOSYS, kUnimplemented, {}},
      {SystemCall::kEpollCreate1, EPERM, kUnimplemented, {}},
      {SystemCall::kEpollCreate1, EXDEV, kInternal, {}},
      // eventfd(2)
      {SystemCall::kEventfd, EINVAL, kInternal, {}},
      {SystemCall::kEventfd, EMFILE, kResourceExhausted, {}},
      {SystemCall::kEventfd, ENFILE, kResourceExhausted, {}},
      {SystemCall::kEventfd, ENODEV, kInternal, {}},
      {SystemCall::kEventfd, ENOMEM, kResourceExhausted, {}},
      {SystemCall::kEventfd, ENOSYS, kUnimplemented, {}},
      {SystemCall::kEventfd, EPERM, kUnimplemented, {}},
      {SystemCall::kEventfd, EXDEV, kInternal, {}},
      // epoll_ctl(2), of the eventfd
      {SystemCall::kEpollCtlAdd, EBADF, kInternal, {}},
      {SystemCall::kEpollCtlAdd, EEXIST, kInternal, {}},
      {SystemCall::kEpollCtlAdd, EINVAL, kInternal, {}},
      {SystemCall::kEpollCtlAdd, ELOOP, kInternal, {}},
      {SystemCall::kEpollCtlAdd, ENOENT, kInternal, {}},
      {SystemCall::kEpollCtlAdd, ENOMEM, kResourceExhausted, {}},
      {SystemCall::kEpollCtlAdd, ENOSPC, kResourceExhausted, {}},
      {SystemCall::kEpollCtlAdd, EPERM, kUnimplemented, {}},
      {SystemCall::kEpollCtlAdd, EXDEV, kInternal, {}},
  };
  for (Fault& fault : faults) {
    fault.words = {fault.call == SystemCall::kEpollCtlAdd
                       ? "epoll_ctl"
                       : ::testing::PrintToString(fault.call),
                   std::strerror(fault.error)};
    if (fault.error == EMFILE) fault.words.push_back("RLIMIT_NOFILE");
  }
  return faults;
}

class CreateFaultsTest : public ::testing::TestWithParam<Fault> {
 protected:
  FailingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
};

class FatalCreateFaultsTest : public CreateFaultsTest {};
INSTANTIATE_TEST_SUITE_P(Faults, FatalCreateFaultsTest,
                         ::testing::ValuesIn(FatalFaults()), FaultName);

TEST_P(FatalCreateFaultsTest, IsReportedLeavesNothingAndMayBeTriedAgain) {
  const std::set<int> before = OpenDescriptors();
  for (int attempt = 0; attempt < 3; ++attempt) {
    calls_.Fail(GetParam().call, GetParam().error, /*passing=*/0,
                /*failing=*/1);
    const absl::Status status = EpollSelector::Create().status();
    EXPECT_EQ(status.code(), GetParam().code) << status;
    for (const std::string& word : GetParam().words) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(word));
    }
    EXPECT_EQ(OpenDescriptors(), before);
  }
  EXPECT_EQ(calls_.failures(GetParam().call), 3);
  {
    const auto selector = EpollSelector::Create();
    ASSERT_TRUE(selector.ok()) << selector.status();
    EXPECT_EQ(Workout(**selector), "");
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

// `Create` tries epoll_pwait2 only to learn whether it is there: no answer is a
// reason to fail, and only a missing call is one to do without it.
std::vector<Fault> HarmlessFaults() {
  std::vector<Fault> faults;
  for (const int error : {EBADF, EFAULT, EINTR, EINVAL, ENOSYS, EPERM, EXDEV}) {
    faults.push_back(
        {SystemCall::kEpollPwait2, error, absl::StatusCode::kOk, {}});
  }
  return faults;
}

class HarmlessCreateFaultsTest : public CreateFaultsTest {};
INSTANTIATE_TEST_SUITE_P(Faults, HarmlessCreateFaultsTest,
                         ::testing::ValuesIn(HarmlessFaults()), FaultName);

TEST_P(HarmlessCreateFaultsTest, GivesASelectorThatKnowsItsResolution) {
  const std::set<int> before = OpenDescriptors();
  calls_.Fail(GetParam().call, GetParam().error, /*passing=*/0, /*failing=*/1);
  {
    const auto selector = EpollSelector::Create();
    ASSERT_TRUE(selector.ok()) << selector.status();
    EXPECT_EQ(calls_.failures(GetParam().call), 1);
    const bool is_missing =
        GetParam().error == ENOSYS || GetParam().error == EPERM;
    EXPECT_EQ((*selector)->capabilities().timeout_resolution,
              is_missing ? absl::Milliseconds(1) : absl::Nanoseconds(1));
    EXPECT_EQ(Workout(**selector), "");
    // What is missing is not asked for again; what failed once, is.
    EXPECT_EQ(calls_.count(GetParam().call) > 1, !is_missing);
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
