// Forks on a kernel that does not wipe memory in a child (Linux before 4.14): a
// handler notices them; and `Create`, where there is no memory for the handler.
// A program of its own: the library asks once for the process, at its first
// selector.

#include <cerrno>
#include <cstring>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "backends/epoll/epoll_selector.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/workout.h"
#include "tests/linux/atfork_seam.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;

// pthread_atfork(3) names ENOMEM only.
TEST(AtforkFaultsTest, IsReportedLeavesNothingAndMayBeTriedAgain) {
  const std::set<int> before = OpenDescriptors();
  RefuseToWipeOnFork();
  FailNextAtforks(2);
  const int calls_before = AtforkCalls();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const absl::Status status = EpollSelector::Create().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("pthread_atfork"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(strerror(ENOMEM)));
    EXPECT_EQ(OpenDescriptors(), before);
  }
  const auto selector = EpollSelector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  EXPECT_EQ(Workout(**selector), "");
  // Once is enough: each handler more would cost every fork.
  ASSERT_TRUE(EpollSelector::Create().ok());
  EXPECT_EQ(AtforkCalls(), calls_before + 3);

  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    const absl::Status woken = (*selector)->Wake();
    if (woken.code() != absl::StatusCode::kFailedPrecondition) {
      return "the fork was not noticed";
    }
    const auto own = EpollSelector::Create();
    return own.ok() ? Workout(**own) : own.status().ToString();
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
  EXPECT_EQ(Workout(**selector), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
