// A sandbox that refuses madvise(2), and with it MADV_WIPEONFORK: a handler
// notices forks then. A program of its own: the library asks once for the
// process, at its first selector.

#include <sys/syscall.h>

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "backends/epoll/epoll_selector.h"
#include "gtest/gtest.h"
#include "tests/faults/workout.h"
#include "tests/linux/refuse_call.h"
#include "tests/support/child_process_posix.h"

namespace event_selector {
namespace testing {
namespace {

TEST(SandboxForkTest, IsNoticedByAHandler) {
  ASSERT_TRUE(RefuseCall(SYS_madvise, EPERM));
  const auto selector = EpollSelector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  EXPECT_EQ(Workout(**selector), "");
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    const absl::Status woken = (*selector)->Wake();
    return woken.code() == absl::StatusCode::kFailedPrecondition
               ? ""
               : "the fork was not noticed";
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
