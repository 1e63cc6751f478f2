// S1 of the contract: a program that this process starts, or turns into, finds
// nothing of the selector's.

#include <fcntl.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/faults/workout.h"
#include "tests/processes/start_program_posix.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ExecContract : public ContractTest {
 protected:
  ExecContract() {
    EXPECT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
                IsOk());
  }

  // The descriptors of the selector under test.
  std::set<int> DescriptorsOfSelector() {
    std::set<int> descriptors = OpenDescriptors();
    DestroySelector();
    for (const int other : OpenDescriptors()) descriptors.erase(other);
    RecreateSelector();  // It gets the same numbers, the lowest that are free.
    return descriptors;
  }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(ExecContract);

TEST_P(ExecContract, S1AStartedProgramInheritsNothing) {
  const std::set<int> own = DescriptorsOfSelector();
  ASSERT_THAT(own, Not(IsEmpty()));
  const Socket control = Duplicate(pair_.a.handle());
  for (const StartProgram& start : {ByFork(nullptr), BySpawn()}) {
    ASSERT_EQ(fcntl(control.handle(), F_SETFD, FD_CLOEXEC), 0);
    const std::set<int> without_control = DescriptorsInherited(start);
    EXPECT_THAT(without_control, Not(Contains(control.handle())));
    for (const int descriptor : own) {
      EXPECT_THAT(without_control, Not(Contains(descriptor)));
    }
    // What is inherited is seen.
    ASSERT_EQ(fcntl(control.handle(), F_SETFD, 0), 0);
    std::set<int> with_control = DescriptorsInherited(start);
    EXPECT_EQ(with_control.erase(control.handle()), 1u);
    EXPECT_EQ(with_control, without_control);
  }
}

TEST_P(ExecContract, S1AProcessThatTurnsIntoAnotherProgramKeepsNothing) {
  const std::set<int> before = DescriptorsInherited(ByFork(nullptr));
  const std::set<int> after = DescriptorsInherited(ByFork([] {
    // Alive, and in use by another thread, at the moment of the exec.
    Selector* const selector = NewSelector().release();
    new WaitingThread(*selector);
  }));
  EXPECT_EQ(after, before);
}

// Nor is the selector disturbed, or taken for a child's.
TEST_P(ExecContract, S4StartingAProgramDisturbsNobody) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  for (const StartProgram& start : {ByFork(nullptr), BySpawn()}) {
    WaitingThread waiter(selector());
    DescriptorsInherited(start);
    EXPECT_FALSE(waiter.has_returned());
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(1, Readiness::kReadable)));
    Drain(pair_.a.handle());
    EXPECT_EQ(Workout(selector()), "");
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
