// C1 to C4, C6 and C7 of the contract: ChildExit on POSIX systems.

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/child_exit.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/children_posix.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ChildExitContract : public ContractTest {
 protected:
  ChildExit Watch(pid_t pid, Token token = Token(7)) {
    absl::StatusOr<ChildExit> child = ChildExit::Watch(selector(), pid, token);
    EXPECT_THAT(child.status(), IsOk());
    return *std::move(child);
  }
};
EVENT_INSTANTIATE_CONTRACT(ChildExitContract);

TEST_P(ChildExitContract, C1TheEndIsReportedOnce) {
  const pid_t pid = StartSleeper();
  ChildExit child = Watch(pid);
  EXPECT_THAT(Poll(), IsEmpty());
  kill(pid, SIGKILL);
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(7, Readiness::kReadable)));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(child.Reap().value(), (ExitStatus{0, SIGKILL}));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ChildExitContract, C1TheEndIsReportedToAThreadThatWaits) {
  const pid_t pid = StartSleeper();
  ChildExit child = Watch(pid);
  WaitingThread waiter(selector());
  kill(pid, SIGKILL);
  EXPECT_THAT(waiter.events(),
              ElementsAre(IsEventWith(7, Readiness::kReadable)));
  EXPECT_EQ(child.Reap().value(), (ExitStatus{0, SIGKILL}));
}

TEST_P(ChildExitContract, C1AProcessThatEndedBeforeIsReported) {
  const pid_t pid = StartExiting(3);
  AwaitZombie(pid);
  ChildExit child = Watch(pid);
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(7, Readiness::kReadable)));
  EXPECT_EQ(child.Reap().value(), (ExitStatus{3, 0}));
}

TEST_P(ChildExitContract, C2PeekLeavesTheChildToOthers) {
  const pid_t pid = StartExiting(200);
  ChildExit child = Watch(pid);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(7)));
  EXPECT_EQ(child.Peek().value(), (ExitStatus{200, 0}));
  EXPECT_EQ(child.Peek().value(), (ExitStatus{200, 0}));
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, WNOHANG), pid);
  EXPECT_EQ(WEXITSTATUS(status), 200);
  // Who has only looked has not reaped.
  EXPECT_THAT(child.Reap().status(), HasCode(absl::StatusCode::kNotFound));
}

TEST_P(ChildExitContract, C2ReapReapsWhatPeekHasSeen) {
  const pid_t pid = StartExiting(4);
  ChildExit child = Watch(pid);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(7)));
  EXPECT_EQ(child.Peek().value(), (ExitStatus{4, 0}));
  EXPECT_EQ(child.Reap().value(), (ExitStatus{4, 0}));
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_P(ChildExitContract, C2ReapReapsThisChildAlone) {
  const pid_t other = StartExiting(1);
  const pid_t pid = StartExiting(2);
  AwaitZombie(other);
  ChildExit child = Watch(pid);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(7)));
  EXPECT_EQ(child.Reap().value(), (ExitStatus{2, 0}));
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  // It is known for good.
  EXPECT_EQ(child.Reap().value(), (ExitStatus{2, 0}));
  EXPECT_EQ(child.Peek().value(), (ExitStatus{2, 0}));
  int status = 0;
  EXPECT_EQ(waitpid(other, &status, WNOHANG), other);
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_P(ChildExitContract, C2NothingIsReapedUnasked) {
  const pid_t pid = StartExiting(5);
  {
    ChildExit child = Watch(pid);
    EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(7)));
  }
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, WNOHANG), pid);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

TEST_P(ChildExitContract, C3AChildThatRunsHasNoStatus) {
  const pid_t pid = StartSleeper();
  ChildExit child = Watch(pid);
  EXPECT_THAT(child.Peek().status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(child.Reap().status(), HasCode(absl::StatusCode::kUnavailable));
  // Stopping and going on is no end, neither before somebody has asked for it
  // nor after.
  for (const auto& [signal, kind] :
       {std::pair<int, int>(SIGSTOP, WSTOPPED),
        std::pair<int, int>(SIGCONT, WCONTINUED)}) {
    kill(pid, signal);
    for (const int option : {WNOWAIT, 0}) {
      siginfo_t info = {};
      EXPECT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, kind | option), 0);
      EXPECT_THAT(child.Peek().status(),
                  HasCode(absl::StatusCode::kUnavailable));
      EXPECT_THAT(child.Reap().status(),
                  HasCode(absl::StatusCode::kUnavailable));
    }
  }
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(child.Peek().status(), HasCode(absl::StatusCode::kUnavailable));
  kill(pid, SIGKILL);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(7)));
  EXPECT_EQ(child.Reap().value(), (ExitStatus{0, SIGKILL}));
}

TEST_P(ChildExitContract, C3AChildThatSomebodyElseReapsIsReported) {
  const pid_t pid = StartSleeper();
  ChildExit child = Watch(pid);
  kill(pid, SIGKILL);
  EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(7)));
  EXPECT_THAT(child.Peek().status(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(child.Reap().status(), HasCode(absl::StatusCode::kNotFound));
}

TEST_P(ChildExitContract, C4EachOfManyChildrenIsReported) {
  constexpr int kChildren = 60;
  std::map<std::uint64_t, std::optional<ChildExit>> children;
  std::vector<Event> events;
  for (int i = 0; i < kChildren; ++i) {
    children[static_cast<std::uint64_t>(i)] =
        Watch(StartExiting(i), Token(static_cast<std::uint64_t>(i)));
  }
  int reported = 0;
  while (reported < kChildren) {
    events = WaitFor(kForSure);
    ASSERT_THAT(events, Not(IsEmpty()));
    for (const Event& event : events) {
      std::optional<ChildExit>& child = children[event.token.value()];
      ASSERT_TRUE(child.has_value());
      EXPECT_EQ(child->Reap().value(),
                (ExitStatus{static_cast<int>(event.token.value()), 0}));
      child.reset();
      ++reported;
    }
  }
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ChildExitContract, C6WhatIsNoProcessIsRefused) {
  const pid_t pid = StartExiting(0);
  EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
  EXPECT_THAT(ChildExit::Watch(selector(), pid, Token(1)).status(),
              HasCode(absl::StatusCode::kNotFound));
  for (const int each : {0, -1, -pid}) {
    EXPECT_THAT(ChildExit::Watch(selector(), each, Token(1)).status(),
                HasCode(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ChildExitContract, C6AFailureLeavesNothing) {
  const pid_t pid = StartExiting(0);
  const std::set<int> before = OpenDescriptors();
  selector().Close();
  EXPECT_THAT(ChildExit::Watch(selector(), pid, Token(1)).status(),
              HasCode(absl::StatusCode::kCancelled));
  EXPECT_EQ(OpenDescriptors(), before);
  EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
}

TEST_P(ChildExitContract, C7AnObjectThatIsDestroyedReportsNothing) {
  const pid_t pid = StartSleeper();
  const std::set<int> before = OpenDescriptors();
  {
    ChildExit a = Watch(pid);
    ChildExit b = std::move(a);
    for (const int each : OpenDescriptors()) {
      if (before.count(each) == 0) {
        EXPECT_EQ(fcntl(each, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
      }
    }
  }
  EXPECT_EQ(OpenDescriptors(), before);
  kill(pid, SIGKILL);
  EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ChildExitContract, C7AForkedChildMayDestroyIt) {
  const pid_t pid = StartSleeper();
  std::optional<ChildExit> watched = Watch(pid);
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    watched.reset();
    return "";
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
  kill(pid, SIGKILL);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(7)));
  EXPECT_EQ(watched->Reap().value(), (ExitStatus{0, SIGKILL}));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
