// C4 of the contract under load: a storm of children, each accounted for.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "event/child_exit.h"
#include "event/event.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/stress/stress_test.h"
#include "tests/support/children_posix.h"

namespace event_selector {
namespace testing {
namespace {

// Fewer than the descriptors that a process may have.
constexpr std::size_t kAtOnce = 100;

class ChildExitStress : public ContractTest {};
EVENT_INSTANTIATE_CONTRACT(ChildExitStress);

TEST_P(ChildExitStress, C4NoChildOfAStormIsLost) {
  const std::uint64_t goal = Scaled(250);
  std::unordered_map<std::uint64_t, ChildExit> children;
  std::uint64_t started = 0;
  std::uint64_t reaped = 0;
  while (reaped < goal) {
    while (started < goal && children.size() < kAtOnce) {
      const pid_t pid = StartExiting(static_cast<int>(started % 256));
      ASSERT_GT(pid, 0);
      absl::StatusOr<ChildExit> child =
          ChildExit::Watch(selector(), pid, Token(started));
      ASSERT_THAT(child.status(), IsOk());
      children.emplace(started++, *std::move(child));
    }
    const std::vector<Event> events = WaitFor(kForSure, 16);
    ASSERT_FALSE(events.empty());
    for (const Event& event : events) {
      const std::uint64_t number = event.token.value();
      const auto found = children.find(number);
      ASSERT_NE(found, children.end()) << "reported twice: " << number;
      const absl::StatusOr<ExitStatus> status = found->second.Reap();
      ASSERT_THAT(status.status(), IsOk());
      EXPECT_EQ(status->exit_code, static_cast<int>(number % 256));
      children.erase(found);
      ++reaped;
    }
  }
  EXPECT_TRUE(Poll().empty());
  std::cout << reaped << " children\n";
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
