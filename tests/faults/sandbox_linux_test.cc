// What seccomp filters of sandboxes answer, for real: the rows of the table
// "under a sandbox" in docs/portability.md. Each in a thread of its own, which
// the filter ends with.

#include <sys/syscall.h>

#include <cerrno>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/poll/poll_selector.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/faults/workout.h"
#include "tests/linux/refuse_call.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

class SandboxTest : public ::testing::TestWithParam<int> {
 protected:
  static int error() { return GetParam(); }
  // Runs `test` in a thread where the call `number` is refused.
  template <typename Test>
  static void Refused(long number, Test test) {
    std::thread([&] {
      ASSERT_TRUE(RefuseCall(number, error()));
      test();
    }).join();
  }
  static void ExpectWorks(absl::StatusOr<std::unique_ptr<Selector>> selector) {
    ASSERT_TRUE(selector.ok()) << selector.status();
    EXPECT_EQ(Workout(**selector), "");
  }
};
INSTANTIATE_TEST_SUITE_P(Answers, SandboxTest, ::testing::Values(EPERM, ENOSYS),
                         [](const auto& answer) {
                           return std::string(answer.param == EPERM ? "EPERM"
                                                                    : "ENOSYS");
                         });

TEST_P(SandboxTest, EpollPwait2) {
  Refused(SYS_epoll_pwait2, [] {
    ExpectWorks(EpollSelector::Create());
    EXPECT_EQ(
        EpollSelector::Create().value()->capabilities().timeout_resolution,
        absl::Milliseconds(1));
    ExpectWorks(PollSelector::Create());
  });
}

TEST_P(SandboxTest, EpollCreate1) {
  Refused(SYS_epoll_create1, [] {
    EXPECT_THAT(EpollSelector::Create().status(),
                HasCode(absl::StatusCode::kUnimplemented));
    ExpectWorks(PollSelector::Create());
    // Which cannot ask epoll, and so refuses every file.
    const Socket file = OpenRegularFile();
    EXPECT_THAT(PollSelector::Create().value()->Add(
                    file.handle(), Token(1), Interest::kReadable, Mode::kLevel),
                HasCode(absl::StatusCode::kUnimplemented));
  });
}

TEST_P(SandboxTest, EpollCtl) {
  Refused(SYS_epoll_ctl, [] {
    EXPECT_THAT(EpollSelector::Create().status(),
                HasCode(absl::StatusCode::kUnimplemented));
    ExpectWorks(PollSelector::Create());
  });
}

TEST_P(SandboxTest, Eventfd2) {
  Refused(SYS_eventfd2, [] {
    EXPECT_THAT(EpollSelector::Create().status(),
                HasCode(absl::StatusCode::kUnimplemented));
    ExpectWorks(PollSelector::Create());  // By a pipe.
  });
}

#if defined(SYS_poll)  // Otherwise poll(2) is ppoll, too.
TEST_P(SandboxTest, Ppoll) {
  Refused(SYS_ppoll, [] {
    ExpectWorks(EpollSelector::Create());
    ExpectWorks(PollSelector::Create());
    EXPECT_EQ(PollSelector::Create().value()->capabilities().timeout_resolution,
              absl::Milliseconds(1));
  });
}
#endif

// Nothing is asked of these.
TEST_P(SandboxTest, OthersOfTheKernel) {
  for (const long call : {SYS_io_uring_setup, SYS_pidfd_open, SYS_kcmp}) {
    Refused(call, [] {
      ExpectWorks(EpollSelector::Create());
      ExpectWorks(PollSelector::Create());
    });
  }
}

// K4: only the call that wakes is refused, and it says so.
TEST_P(SandboxTest, Write) {
  Refused(SYS_write, [] {
    const auto selector = EpollSelector::Create().value();
    EXPECT_THAT(selector->Wake(), HasCode(absl::StatusCode::kInternal));
    Event events[1];
    EXPECT_TRUE(
        selector->Wait(absl::MakeSpan(events), absl::ZeroDuration()).ok());
  });
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
