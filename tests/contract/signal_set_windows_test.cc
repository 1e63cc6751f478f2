// G1, G2, G3, G5, G8 and G9 of the contract: SignalSet on Windows, where
// signals are the console's events. The test has a console of its own, so that
// nobody else gets its Ctrl+C.

#include <windows.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/fatal.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Calls of the handler that the program had before any set.
std::atomic<int> calls{0};
BOOL WINAPI Count(DWORD) {
  calls.fetch_add(1);
  return TRUE;
}

void PressCtrlC() {
  ASSERT_TRUE(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
      << "error " << GetLastError();
}

class SignalSetContract : public ContractTest {
 protected:
  static void SetUpTestSuite() {
    FreeConsole();
    if (!AllocConsole())
      DieOfError("AllocConsole", static_cast<int>(GetLastError()));
    // The attribute to ignore Ctrl+C is inherited.
    SetConsoleCtrlHandler(nullptr, FALSE);
    // Beneath all sets, so that no event ends the test.
    SetConsoleCtrlHandler(&Count, TRUE);
  }
  static void TearDownTestSuite() { SetConsoleCtrlHandler(&Count, FALSE); }

  SignalSetContract() { calls = 0; }

  static SignalSet Watch(Selector& selector, absl::Span<const int> signals) {
    absl::StatusOr<SignalSet> set = SignalSet::Create(selector, signals);
    EXPECT_THAT(set.status(), IsOk());
    return *std::move(set);
  }

  // The console reports in a thread of its own: some time later.
  static Signals Await(SignalSet& set) {
    const absl::Time end = absl::Now() + kForSure;
    while (absl::Now() < end) {
      if (const Signals came = set.Take(); !came.empty()) return came;
      std::this_thread::yield();
    }
    return Signals();
  }
};
EVENT_INSTANTIATE_CONTRACT(SignalSetContract);

TEST_P(SignalSetContract, G1ASignalEndsAWait) {
  SignalSet set = Watch(selector(), {SIGINT, SIGBREAK});
  PressCtrlC();
  EXPECT_THAT(WaitFor(kForSure), IsEmpty());
  EXPECT_EQ(set.Take(), Signals::FromBits(1 << (SIGINT - 1)));
  EXPECT_TRUE(set.Take().empty());
  EXPECT_EQ(calls.load(), 0);
}

TEST_P(SignalSetContract, G1ASignalEndsAWaitThatIsBlocked) {
  SignalSet set = Watch(selector(), {SIGINT});
  WaitingThread waiter(selector());
  PressCtrlC();
  EXPECT_THAT(waiter.events(), IsEmpty());
  EXPECT_TRUE(set.Take().contains(SIGINT));
}

TEST_P(SignalSetContract, G1CtrlBreakIsASignal) {
  if (RunsUnderWine()) {
    EVENT_NOT_APPLICABLE("Wine refuses to generate Ctrl+Break");
  }
  SignalSet set = Watch(selector(), {SIGBREAK});
  ASSERT_TRUE(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0));
  EXPECT_TRUE(Await(set).contains(SIGBREAK));
}

TEST_P(SignalSetContract, G3SetsShareASignal) {
  const std::unique_ptr<Selector> other = NewSelector();
  SignalSet a = Watch(selector(), {SIGINT, SIGTERM});
  SignalSet b = Watch(*other, {SIGINT});
  PressCtrlC();
  EXPECT_TRUE(Await(a).contains(SIGINT));
  EXPECT_TRUE(Await(b).contains(SIGINT));
}

TEST_P(SignalSetContract, G5TheLastSetGivesTheEventBack) {
  std::optional<SignalSet> a = Watch(selector(), {SIGINT});
  std::optional<SignalSet> b = Watch(selector(), {SIGINT});
  a.reset();
  PressCtrlC();
  EXPECT_TRUE(Await(*b).contains(SIGINT));
  EXPECT_EQ(calls.load(), 0);
  b.reset();
  PressCtrlC();
  const absl::Time end = absl::Now() + kForSure;
  while (calls.load() == 0 && absl::Now() < end) std::this_thread::yield();
  EXPECT_EQ(calls.load(), 1);
}

TEST_P(SignalSetContract, G8WhatIsNoEventOfTheConsoleIsRefused) {
  const std::vector<std::vector<int>> refused = {
      {}, {0}, {-1}, {64}, {65}, {SIGINT, SIGSEGV}, {1 << 30}};
  for (const std::vector<int>& each : refused) {
    const absl::Status status = SignalSet::Create(selector(), each).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(std::string(status.message()), HasSubstr("signal"));
  }
  PressCtrlC();
  const absl::Time end = absl::Now() + kForSure;
  while (calls.load() == 0 && absl::Now() < end) std::this_thread::yield();
  EXPECT_EQ(calls.load(), 1);
}

TEST_P(SignalSetContract, G9SetsEndWhileSignalsArrive) {
  for (int round = 0; round < Repetitions(50); ++round) {
    const std::unique_ptr<Selector> own = NewSelector();
    SignalSet a = Watch(*own, {SIGINT});
    SignalSet b = Watch(*own, {SIGINT});
    PressCtrlC();
    PressCtrlC();
    EXPECT_TRUE(Await(a).contains(SIGINT));
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
