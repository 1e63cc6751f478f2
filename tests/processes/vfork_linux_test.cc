// S4 of the contract: vfork, whose child runs in the memory of the parent. (The
// call is deprecated on macOS; what it can do there, posix_spawn does.)

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>

#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/faults/workout.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;

class VforkContract : public ContractTest {
 protected:
  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(VforkContract);

TEST_P(VforkContract, S4TheParentIsNoChildAfterwards) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("several threads wait");
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  for (int i = 0; i < 10; ++i) {
    WaitingThread waiter(selector());
    const pid_t pid = vfork();
    if (pid == 0) _exit(0);  // All that a child of vfork may do, but exec.
    if (pid < 0) DieOfError("vfork", errno);
    EXPECT_EQ(ChildProcess(pid).Wait(), kExitedWell);
    EXPECT_FALSE(waiter.has_returned());
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(1, Readiness::kReadable)));
    Drain(pair_.a.handle());
  }
  EXPECT_EQ(Workout(selector()), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
