// C5 of the contract: ChildExit where pidfd_open(2) is refused, for real, by a
// seccomp filter, with each of the two errors that sandboxes answer. A filter
// holds for its thread, for ever: each test has a thread of its own.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "event/child_exit.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/children_posix.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;

constexpr long kPidfdOpen = 434;

// From now on the call `number` fails with `error` in the calling thread, and
// in the children that it makes.
bool Refuse(long number, int error) {
  const auto answer = static_cast<std::uint32_t>(SECCOMP_RET_ERRNO) |
                      static_cast<std::uint32_t>(error);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0,
               1),
      BPF_STMT(BPF_RET | BPF_K, answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {};
  program.len = sizeof(filter) / sizeof(filter[0]);
  program.filter = filter;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

class RefusedChildExitContract : public ContractTest {
 protected:
  // Runs `body` with a selector of its thread's own, once for each error.
  static void ForEachError(std::initializer_list<long> calls,
                           const std::function<void(Selector&)>& body) {
    for (const int error : {EPERM, ENOSYS}) {
      SCOPED_TRACE(error == EPERM ? "EPERM" : "ENOSYS");
      std::thread([&] {
        for (const long call : calls) ASSERT_TRUE(Refuse(call, error));
        const std::unique_ptr<Selector> selector = NewSelector();
        body(*selector);
      }).join();
    }
  }

  static std::vector<Event> WaitOn(Selector& selector) {
    Event room[64];
    const absl::StatusOr<absl::Span<Event>> ready =
        selector.Wait(absl::MakeSpan(room), kForSure);
    EXPECT_THAT(ready.status(), IsOk());
    return ready.ok() ? std::vector<Event>(ready->begin(), ready->end())
                      : std::vector<Event>();
  }

  static ChildExit Watch(Selector& selector, pid_t pid,
                         Token token = Token(7)) {
    absl::StatusOr<ChildExit> child = ChildExit::Watch(selector, pid, token);
    EXPECT_THAT(child.status(), IsOk());
    EXPECT_TRUE(child->uses_signal());
    return *std::move(child);
  }
};
EVENT_INSTANTIATE_CONTRACT(RefusedChildExitContract);

TEST_P(RefusedChildExitContract, C5SigchldStandsIn) {
  ForEachError({kPidfdOpen}, [](Selector& selector) {
    const pid_t ended = StartExiting(3);
    AwaitZombie(ended);
    const pid_t running = StartSleeper();
    {
      ChildExit a = Watch(selector, ended, Token(1));
      ChildExit b = Watch(selector, running, Token(2));
      EXPECT_EQ(WaitOn(selector).front().token, Token(1));
      EXPECT_EQ(a.Peek().value(), (ExitStatus{3, 0}));
      EXPECT_EQ(a.Reap().value(), (ExitStatus{3, 0}));
      EXPECT_THAT(b.Peek().status(), HasCode(absl::StatusCode::kUnavailable));
      kill(running, SIGKILL);
      const std::vector<Event> events = WaitOn(selector);
      ASSERT_EQ(events.size(), 1u);
      EXPECT_THAT(events.front(), IsEventWith(2, Readiness::kReadable));
      EXPECT_EQ(b.Reap().value(), (ExitStatus{0, SIGKILL}));
    }
    struct sigaction left = {};
    sigaction(SIGCHLD, nullptr, &left);
    EXPECT_EQ(left.sa_handler, SIG_DFL);
  });
}

TEST_P(RefusedChildExitContract, C5OthersMayWaitForChildrenAndSigchld) {
  ForEachError({kPidfdOpen}, [](Selector& selector) {
    SignalSet signals = *SignalSet::Create(selector, {SIGCHLD});
    const pid_t pid = StartSleeper();
    ChildExit child = Watch(selector, pid);
    kill(pid, SIGKILL);
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
    // Somebody else's end makes the handler look again.
    const pid_t other = StartExiting(0);
    EXPECT_EQ(waitpid(other, nullptr, 0), other);
    std::vector<Event> events;
    while (events.empty()) events = WaitOn(selector);
    EXPECT_EQ(events.front().token, Token(7));
    EXPECT_THAT(child.Reap().status(), HasCode(absl::StatusCode::kNotFound));
    EXPECT_TRUE(signals.Take().contains(SIGCHLD));
  });
}

TEST_P(RefusedChildExitContract, C5NoneOfManyChildrenIsLost) {
  ForEachError({kPidfdOpen}, [](Selector& selector) {
    constexpr std::size_t kChildren = 40;
    std::vector<ChildExit> children;
    for (std::size_t i = 0; i < kChildren; ++i) {
      children.push_back(
          Watch(selector, StartExiting(static_cast<int>(i)), Token(i)));
    }
    std::set<std::uint64_t> seen;
    while (seen.size() < kChildren) {
      for (const Event& event : WaitOn(selector)) {
        EXPECT_TRUE(seen.insert(event.token.value()).second);
        EXPECT_EQ(children[event.token.value()].Reap().value().exit_code,
                  static_cast<int>(event.token.value()));
      }
    }
  });
}

TEST_P(RefusedChildExitContract, C5AProcessThatIsNoChildIsRefusedWithTheCause) {
  ForEachError({kPidfdOpen}, [](Selector& selector) {
    const std::set<int> before = OpenDescriptors();
    const absl::Status parent =
        ChildExit::Watch(selector, getppid(), Token(1)).status();
    EXPECT_THAT(parent, HasCode(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(std::string(parent.message()), HasSubstr("pidfd_open"));
    EXPECT_THAT(std::string(parent.message()), HasSubstr("not a child"));
    const pid_t pid = StartExiting(0);
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
    EXPECT_THAT(ChildExit::Watch(selector, pid, Token(1)).status(),
                HasCode(absl::StatusCode::kNotFound));
    EXPECT_EQ(OpenDescriptors(), before);
  });
}

TEST_P(RefusedChildExitContract, C5WhatElseIsRefusedIsNamed) {
  ForEachError({kPidfdOpen, SYS_waitid}, [](Selector& selector) {
    const pid_t pid = StartExiting(0);
    const absl::Status status =
        ChildExit::Watch(selector, pid, Token(1)).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
    EXPECT_THAT(std::string(status.message()), HasSubstr("pidfd_open"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("waitid"));
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
  });
  // With a descriptor, the end is reported all the same.
  ForEachError({SYS_waitid}, [](Selector& selector) {
    const pid_t pid = StartExiting(0);
    absl::StatusOr<ChildExit> child = ChildExit::Watch(selector, pid, Token(1));
    ASSERT_THAT(child.status(), IsOk());
    EXPECT_FALSE(child->uses_signal());
    EXPECT_EQ(WaitOn(selector).size(), 1u);
    EXPECT_THAT(child->Reap().status(),
                HasCode(absl::StatusCode::kUnimplemented));
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
  });
}

// What a filter answers need not end: the call does.
TEST_P(RefusedChildExitContract, C5ACallThatIsInterruptedForEverEnds) {
  std::thread([] {
    const std::unique_ptr<Selector> selector = NewSelector();
    const pid_t pid = StartExiting(0);
    absl::StatusOr<ChildExit> child =
        ChildExit::Watch(*selector, pid, Token(1));
    ASSERT_THAT(child.status(), IsOk());
    ASSERT_TRUE(Refuse(SYS_waitid, EINTR));
    EXPECT_THAT(child->Peek().status(), HasCode(absl::StatusCode::kInternal));
    EXPECT_THAT(child->Reap().status(), HasCode(absl::StatusCode::kInternal));
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
  }).join();
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
