// S1 and S4 of the contract: descriptors and processes.

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ResourcesPosixContract : public ContractTest {
 protected:
  // Runs `child` in a forked process, which must return true there.
  static void ExpectTrueInChild(const std::function<bool()>& child) {
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) _exit(child() ? 0 : 1);
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status)) << "the child crashed";
    EXPECT_EQ(WEXITSTATUS(status), 0) << "an expectation failed in the child";
  }

  // Whether every call is refused, as it must be in a child.
  bool EveryCallIsRefused(Handle handle) {
    constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;
    Event room[2];
    return selector().Add(handle, Token(9), Interest::kReadable).code() ==
               kRefused &&
           selector()
                   .Modify(handle, Token(9), Interest::kReadable, Mode::kLevel)
                   .code() == kRefused &&
           selector().Remove(handle).code() == kRefused &&
           selector().Wake().code() == kRefused &&
           selector().HandOver().code() == kRefused &&
           selector().descriptor().status().code() == kRefused &&
           selector()
                   .Wait(absl::MakeSpan(room), absl::InfiniteDuration())
                   .status()
                   .code() == kRefused;
  }

  // What the parent registered still works: events, and wake-ups.
  void ExpectUndisturbed() {
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    Drain(pair_.a.handle());
    EXPECT_THAT(selector().Wake(), IsOk());
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(ResourcesPosixContract);

TEST_P(ResourcesPosixContract, S1DescriptorsAreCloseOnExec) {
  DestroySelector();
  const std::set<int> before = OpenDescriptors();
  RecreateSelector();
  int descriptors = 0;
  for (const int descriptor : OpenDescriptors()) {
    if (before.count(descriptor) != 0) continue;
    EXPECT_TRUE(IsCloseOnExec(descriptor)) << descriptor;
    ++descriptors;
  }
  EXPECT_GE(descriptors, 1);
}

TEST_P(ResourcesPosixContract, S1DestroyingFreesAllAndLeavesHandlesOpen) {
  DestroySelector();
  const std::set<int> before = OpenDescriptors();
  for (int i = 0; i < 100; ++i) {
    RecreateSelector();
    ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
                IsOk());
    ASSERT_THAT(selector().Wake(), IsOk());
    if (i % 2 == 0) selector().Close();
    DestroySelector();
  }
  EXPECT_EQ(OpenDescriptors(), before);
  SendAll(pair_.b.handle(), "open");
  EXPECT_EQ(Drain(pair_.a.handle()), "open");
}

// With a duplicate open, some systems (epoll) go on reporting the registration,
// which no call can name any more. It must not get in the way of others.
TEST_P(ResourcesPosixContract, S2AClosedHandleThatLivesOnInADuplicate) {
  SocketPair other = MakeStreamPair();
  Socket duplicate = Duplicate(other.a.handle());
  ASSERT_THAT(selector().Add(other.a.handle(), Token(2), Interest::kWritable),
              IsOk());
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kWritable),
              IsOk());
  other.a.Close();
  std::vector<Event> seen;
  for (int i = 0; i < 3; ++i) {  // Room for one: each has its turn.
    for (const Event& event : WaitFor(kForSure, 1)) seen.push_back(event);
  }
  EXPECT_THAT(seen, Contains(IsEvent(1, Readiness::kWritable)));
  duplicate.Close();
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
}

TEST_P(ResourcesPosixContract, S4CallsInAForkedChildAreRefused) {
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  ExpectTrueInChild([this] { return EveryCallIsRefused(pair_.a.handle()); });
  ExpectUndisturbed();
}

TEST_P(ResourcesPosixContract, S4CloseInAForkedChildSparesTheParent) {
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  ExpectTrueInChild([this] {
    selector().Close();
    return EveryCallIsRefused(pair_.a.handle());
  });
  ExpectUndisturbed();
}

TEST_P(ResourcesPosixContract, S4DestroyingInAForkedChildSparesTheParent) {
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  ExpectTrueInChild([this] {
    DestroySelector();
    return true;
  });
  ExpectUndisturbed();
}

TEST_P(ResourcesPosixContract, S4AChildMayMakeASelectorOfItsOwn) {
  ExpectTrueInChild([this] {
    RecreateSelector();
    return selector()
               .Add(pair_.a.handle(), Token(2), Interest::kWritable)
               .ok() &&
           WaitFor(kForSure).size() == 1;
  });
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ResourcesPosixContract, S4AGrandchildIsNotItsParentEither) {
  ExpectTrueInChild([this] {
    RecreateSelector();
    ExpectTrueInChild([this] { return EveryCallIsRefused(pair_.a.handle()); });
    return !HasFailure();
  });
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
