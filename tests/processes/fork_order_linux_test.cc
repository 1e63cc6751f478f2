// S4, however the child was made, and whoever comes first in it: handlers of
// pthread_atfork(3) that the program registered before its first selector, and
// children for which no handler runs.

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/faults/workout.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What the handler below does in a child; nothing if empty.
std::function<void()>& InChild() {
  static auto& function = *new std::function<void()>;
  return function;
}
void RunInChild() {
  if (InChild()) InChild()();
}
// Before main, and so before any selector is made.
const int registered = pthread_atfork(nullptr, nullptr, &RunInChild);

class ForkOrderContract : public ContractTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(registered, 0);
    ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
                IsOk());
  }
  void TearDown() override { InChild() = nullptr; }

  static bool IsPlayed() { return GetParam().played_system_calls != nullptr; }

  // Which call is not refused as it must be in a child; "" if all are.
  std::string WhatIsNotRefused() {
    const Handle handle = pair_.a.handle();
    Event room[2];
    const struct {
      const char* call;
      absl::Status status;
    } calls[] = {
        {"Modify", selector().Modify(handle, Token(9), Interest::kReadable,
                                     Mode::kLevel)},
        {"Remove", selector().Remove(handle)},
        {"Add", selector().Add(handle, Token(9), Interest::kReadable)},
        {"Wake", selector().Wake()},
        {"HandOver", selector().HandOver()},
        {"descriptor", selector().descriptor().status()},
        {"Wait",
         selector().Wait(absl::MakeSpan(room), absl::ZeroDuration()).status()},
    };
    for (const auto& [call, status] : calls) {
      if (status.code() == absl::StatusCode::kFailedPrecondition) continue;
      return absl::StrCat(call, " was not refused: ", status.ToString());
    }
    selector().Close();
    return "";
  }

  void ExpectUndisturbed() {
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    Drain(pair_.a.handle());
    EXPECT_THAT(selector().Wake(), IsOk());
    EXPECT_THAT(WaitFor(kForSure), IsEmpty());
  }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(ForkOrderContract);

TEST_P(ForkOrderContract, S4AHandlerThatRunsFirstIsRefusedToo) {
  std::string found = "the handler did not run";
  InChild() = [&] { found = WhatIsNotRefused(); };
  ChildProcess child = ChildProcess::Fork([&] { return found; });
  EXPECT_EQ(child.Wait(), kExitedWell);
  ExpectUndisturbed();
}

// What such a handler makes is the child's own, and stays so.
TEST_P(ForkOrderContract, S4AHandlerThatRunsFirstMayMakeASelector) {
  if (IsPlayed()) GTEST_SKIP() << "what plays the system has handlers, too";
  std::unique_ptr<Selector> made;
  InChild() = [&] { made = NewSelector(); };
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    const std::string failure = WhatIsNotRefused();
    return failure.empty() ? Workout(*made) : failure;
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
  ExpectUndisturbed();
}

// The raw system call: no handlers run, as after _Fork (POSIX 2024).
TEST_P(ForkOrderContract, S4AChildWithoutHandlersIsNoticed) {
  if (IsPlayed()) GTEST_SKIP() << "what plays the system has handlers, too";
  bool has_run = false;
  InChild() = [&] { has_run = true; };
  const auto pid = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  if (pid == 0) {
    // Beyond this the C library's state is not that of a child.
    _exit(!has_run && WhatIsNotRefused().empty() ? 0 : 1);
  }
  EXPECT_EQ(ChildProcess(pid).Wait(), kExitedWell);
  ExpectUndisturbed();
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
