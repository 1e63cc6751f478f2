// C3 of the contract: a process ID that is used again. Needs the right to
// choose the ID of a child (CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN), and skips
// itself without it.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/child_exit.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/children_posix.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;

// struct clone_args of linux/sched.h (5.5), which the C library's headers of
// older systems do not have.
struct CloneArguments {
  std::uint64_t flags = 0, pidfd = 0, child_tid = 0, parent_tid = 0;
  std::uint64_t exit_signal = SIGCHLD;
  std::uint64_t stack = 0, stack_size = 0, tls = 0;
  std::uint64_t set_tid = 0, set_tid_size = 0;
};
constexpr long kClone3 = 435;

// A child that runs until it is killed, with the ID `pid`. -1: not possible.
pid_t StartSleeperAs(pid_t pid) {
  CloneArguments arguments;
  arguments.set_tid = reinterpret_cast<std::uintptr_t>(&pid);
  arguments.set_tid_size = 1;
  const auto child =
      static_cast<pid_t>(syscall(kClone3, &arguments, sizeof(arguments)));
  if (child == 0) {
    // Nothing of the C library's, which knows nothing of this child.
    syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
    for (;;) syscall(SYS_ppoll, nullptr, 0, nullptr, nullptr);
  }
  return child;
}

class ReusedIdContract : public ContractTest {};
EVENT_INSTANTIATE_CONTRACT(ReusedIdContract);

TEST_P(ReusedIdContract, C3AnIdThatIsUsedAgainIsAnotherProcess) {
  const pid_t pid = StartSleeper();
  absl::StatusOr<ChildExit> first = ChildExit::Watch(selector(), pid, Token(1));
  ASSERT_THAT(first.status(), IsOk());
  if (first->uses_signal()) GTEST_SKIP() << "without pidfd_open";
  kill(pid, SIGKILL);
  ASSERT_EQ(waitpid(pid, nullptr, 0), pid);
  if (StartSleeperAs(pid) != pid) {
    GTEST_SKIP() << "this process may not choose the ID of a child";
  }
  absl::StatusOr<ChildExit> second =
      ChildExit::Watch(selector(), pid, Token(2));
  ASSERT_THAT(second.status(), IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(first->Reap().status(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(second->Peek().status(), HasCode(absl::StatusCode::kUnavailable));
  kill(pid, SIGKILL);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(2)));
  EXPECT_THAT(first->Reap().status(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_EQ(second->Reap().value(), (ExitStatus{0, SIGKILL}));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
