// C1 to C4, C6 and C7 of the contract: ChildExit on Windows.

#include <windows.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/child_exit.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/fatal.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A process of the test's, ended with it.
class Process {
 public:
  explicit Process(std::string command, DWORD flags = 0) {
    STARTUPINFOA startup = {};
    startup.cb = sizeof(startup);
    if (!CreateProcessA(nullptr, command.data(), nullptr, nullptr, FALSE,
                        CREATE_NO_WINDOW | flags, nullptr, nullptr, &startup,
                        &process_)) {
      DieOfError("CreateProcess", static_cast<int>(GetLastError()));
    }
  }
  Process(const Process&) = delete;
  ~Process() {
    TerminateProcess(process_.hProcess, 9);
    CloseHandle(process_.hProcess);
    CloseHandle(process_.hThread);
  }
  HANDLE handle() const { return process_.hProcess; }
  void Kill(UINT code) { TerminateProcess(process_.hProcess, code); }

 private:
  PROCESS_INFORMATION process_ = {};
};

std::string Exit(int code) { return absl::StrCat("cmd.exe /c exit ", code); }

class ChildExitContract : public ContractTest {
 protected:
  ChildExit Watch(HANDLE process, Token token = Token(7)) {
    absl::StatusOr<ChildExit> child =
        ChildExit::Watch(selector(), process, token);
    EXPECT_THAT(child.status(), IsOk());
    return *std::move(child);
  }
};
EVENT_INSTANTIATE_CONTRACT(ChildExitContract);

TEST_P(ChildExitContract, C1C3TheEndIsReportedOnce) {
  Process process(Exit(0), CREATE_SUSPENDED);
  ChildExit child = Watch(process.handle());
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(child.Peek().status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(child.Reap().status(), HasCode(absl::StatusCode::kUnavailable));
  process.Kill(259);  // STILL_ACTIVE
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(7, Readiness::kReadable)));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(child.Reap().value(), (ExitStatus{259, 0}));
}

TEST_P(ChildExitContract, C1C2AProcessThatEndedBeforeIsReported) {
  const Process process(Exit(3));
  ASSERT_EQ(WaitForSingleObject(process.handle(), INFINITE), WAIT_OBJECT_0);
  ChildExit a = Watch(process.handle(), Token(1));
  ChildExit b = Watch(process.handle(), Token(2));
  std::vector<Event> events = WaitFor(kForSure);
  EXPECT_EQ(events.size(), 2u);
  EXPECT_EQ(a.Peek().value(), (ExitStatus{3, 0}));
  EXPECT_EQ(a.Reap().value(), (ExitStatus{3, 0}));
  EXPECT_EQ(b.Reap().value(), (ExitStatus{3, 0}));
}

TEST_P(ChildExitContract, C4EachOfManyChildrenIsReported) {
  const int count = Repetitions(100);
  std::vector<std::unique_ptr<Process>> processes;
  std::map<std::uint64_t, ChildExit> children;
  for (int i = 0; i < count; ++i) {
    const auto number = static_cast<std::uint64_t>(i);
    processes.push_back(std::make_unique<Process>(Exit(i)));
    children.emplace(number, Watch(processes.back()->handle(), Token(number)));
  }
  while (!children.empty()) {
    const std::vector<Event> events = WaitFor(kForSure);
    ASSERT_FALSE(events.empty());
    for (const Event& event : events) {
      const auto found = children.find(event.token.value());
      ASSERT_NE(found, children.end());
      EXPECT_EQ(found->second.Reap().value().exit_code,
                static_cast<int>(event.token.value()));
      children.erase(found);
    }
  }
}

TEST_P(ChildExitContract, C6WhatIsNoProcessIsRefused) {
  const HANDLE event = CreateEventA(nullptr, TRUE, TRUE, nullptr);
  for (const HANDLE each : {HANDLE{nullptr}, INVALID_HANDLE_VALUE, event}) {
    EXPECT_THAT(ChildExit::Watch(selector(), each, Token(1)).status(),
                HasCode(absl::StatusCode::kInvalidArgument));
  }
  CloseHandle(event);
  const Process process(Exit(0));
  selector().Close();
  EXPECT_THAT(ChildExit::Watch(selector(), process.handle(), Token(1)).status(),
              HasCode(absl::StatusCode::kCancelled));
}

TEST_P(ChildExitContract, C7AnObjectThatIsDestroyedReportsNothing) {
  Process process(Exit(0), CREATE_SUSPENDED);
  { const ChildExit child = Watch(process.handle()); }
  process.Kill(1);
  ASSERT_EQ(WaitForSingleObject(process.handle(), INFINITE), WAIT_OBJECT_0);
  EXPECT_THAT(Poll(), IsEmpty());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
