// No memory for what stands beside the selector on POSIX systems, SignalSet and
// ChildExit, at every place where they ask for some.

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/child_exit.h"
#include "event/readiness.h"
#include "event/signal_set.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/faults/workout.h"
#include "tests/support/children_posix.h"
#include "tests/support/count_allocations.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Code = absl::StatusCode;

class MemoryFaultsBesideTest : public ContractTest {
 protected:
  // Calls `act` with the first allocation that fails, with the second, and so
  // on until none is left. If one did, its status is kResourceExhausted or
  // `without_text`, what it is in any case, and `check` is called.
  void ForEachAllocation(const std::function<absl::Status()>& act,
                         Code without_text,
                         const std::function<void()>& check) {
    constexpr std::size_t kMost = 100;
    for (std::size_t passing = 0; passing < kMost; ++passing) {
      SCOPED_TRACE(passing);
      bool has_failed = false;
      absl::Status status;
      {
        const AllocationFailure failure(passing);
        status = act();
        has_failed = failure.has_failed();
      }
      if (!has_failed) {
        EXPECT_THAT(status, HasCode(without_text));
        return;
      }
      EXPECT_THAT(status, ::testing::AnyOf(HasCode(without_text),
                                           HasCode(Code::kResourceExhausted)));
      if (!status.ok()) check();
    }
    FAIL() << "there is no end of allocations";
  }

  static bool HasHandler(int signal) {
    struct sigaction found = {};
    sigaction(signal, nullptr, &found);
    return found.sa_handler != SIG_DFL;
  }
};
EVENT_INSTANTIATE_CONTRACT(MemoryFaultsBesideTest);

// (In the end a set is there, made of what was not left behind.)
TEST_P(MemoryFaultsBesideTest, SignalSet) {
  std::optional<event_selector::SignalSet> set;
  ForEachAllocation(
      [&] {
        auto created = SignalSet::Create(selector(), {SIGUSR1, SIGUSR2});
        if (created.ok()) set = *std::move(created);
        return created.status();
      },
      Code::kOk,
      [&] {
        EXPECT_FALSE(HasHandler(SIGUSR1));
        EXPECT_FALSE(HasHandler(SIGUSR2));
      });
  ASSERT_TRUE(set.has_value());
  raise(SIGUSR2);
  EXPECT_THAT(WaitFor(kForSure), IsEmpty());
  EXPECT_TRUE(set->Take().contains(SIGUSR2));
  set.reset();
  EXPECT_FALSE(HasHandler(SIGUSR1));
  EXPECT_FALSE(HasHandler(SIGUSR2));
  ForEachAllocation(
      [&] { return SignalSet::Create(selector(), {SIGKILL}).status(); },
      Code::kInvalidArgument, [] {});
  EXPECT_EQ(Workout(selector()), "");
}

TEST_P(MemoryFaultsBesideTest, ChildExit) {
  const pid_t pid = StartSleeper();
  const std::set<int> before = OpenDescriptors();
  std::optional<event_selector::ChildExit> child;
  ForEachAllocation(
      [&] {
        auto watched = ChildExit::Watch(selector(), pid, Token(7));
        if (watched.ok()) child = *std::move(watched);
        return watched.status();
      },
      Code::kOk, [&] { EXPECT_EQ(OpenDescriptors(), before); });
  ASSERT_TRUE(child.has_value());
  ForEachAllocation([&] { return child->Peek().status(); }, Code::kUnavailable,
                    [] {});
  ForEachAllocation([&] { return child->Reap().status(); }, Code::kUnavailable,
                    [] {});
  kill(pid, SIGKILL);
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(7, Readiness::kReadable)));
  ForEachAllocation([&] { return child->Reap().status(); }, Code::kOk, [] {});
  EXPECT_EQ(child->Peek().value(), (ExitStatus{0, SIGKILL}));
  child.reset();
  EXPECT_EQ(OpenDescriptors(), before);
  ForEachAllocation(
      [&] { return ChildExit::Watch(selector(), pid, Token(7)).status(); },
      Code::kNotFound, [] {});
  EXPECT_EQ(Workout(selector()), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
