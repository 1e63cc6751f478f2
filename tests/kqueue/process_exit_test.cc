// The end of a process by EVFILT_PROC, over the stand-in for kevent().

#include "backends/kqueue/process_exit.h"

#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <cerrno>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/posix/exit_source.h"
#include "event/child_exit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/children_posix.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace testing {
namespace {

class ProcessExitTest : public ::testing::TestWithParam<System> {
 protected:
  ProcessExitTest() : played_(GetParam()) {}

  static std::unique_ptr<posix::ExitSource> Open(pid_t pid) {
    absl::StatusOr<std::unique_ptr<posix::ExitSource>> source =
        kqueue::ProcessExit::Open(pid);
    EXPECT_TRUE(source.ok()) << source.status();
    return *std::move(source);
  }

  static bool IsReadable(const posix::ExitSource& source, int timeout_ms) {
    pollfd entry = {source.descriptor(), POLLIN, 0};
    int count;
    do {
      count = poll(&entry, 1, timeout_ms);
    } while (count < 0 && errno == EINTR);
    return count > 0;
  }

 private:
  const ScopedSystem played_;
};
INSTANTIATE_TEST_SUITE_P(Systems, ProcessExitTest,
                         ::testing::Values(System::kFreeBsd, System::kMacOs,
                                           System::kOpenBsd, System::kNetBsd));

constexpr int kForSureMs = 120'000;

TEST_P(ProcessExitTest, TheEndMakesTheQueueReadable) {
  const pid_t pid = StartSleeper();
  const std::unique_ptr<posix::ExitSource> source = Open(pid);
  EXPECT_FALSE(source->uses_signal());
  EXPECT_FALSE(IsReadable(*source, 0));
  EXPECT_EQ(source->Status(false).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(source->Status(true).status().code(),
            absl::StatusCode::kUnavailable);
  kill(pid, SIGKILL);
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  EXPECT_EQ(source->Status(true).value(), (ExitStatus{0, SIGKILL}));
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
}

// Who asks first takes the event out of the queue: it stays readable.
TEST_P(ProcessExitTest, AStatusThatIsAskedForBeforeTheEventHidesNothing) {
  const pid_t pid = StartSleeper();
  const std::unique_ptr<posix::ExitSource> source = Open(pid);
  kill(pid, SIGKILL);
  AwaitZombie(pid);
  absl::StatusOr<ExitStatus> status = source->Status(false);
  while (status.status().code() == absl::StatusCode::kUnavailable) {
    status = source->Status(false);
  }
  EXPECT_EQ(status.value(), (ExitStatus{0, SIGKILL}));
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  EXPECT_EQ(source->Status(false).value(), (ExitStatus{0, SIGKILL}));
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), pid);
  // It is known all the same.
  EXPECT_EQ(source->Status(false).value(), (ExitStatus{0, SIGKILL}));
  EXPECT_EQ(source->Status(true).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(ProcessExitTest, AProcessThatHasEnded) {
  const std::set<int> before = OpenDescriptors();
  const pid_t pid = StartExiting(3);
  AwaitZombie(pid);
  {
    const std::unique_ptr<posix::ExitSource> source = Open(pid);
    EXPECT_EQ(source->uses_signal(), GetParam() != System::kFreeBsd);
    EXPECT_TRUE(IsReadable(*source, kForSureMs));
    EXPECT_EQ(source->Status(false).value(), (ExitStatus{3, 0}));
    EXPECT_EQ(source->Status(true).value(), (ExitStatus{3, 0}));
  }
  EXPECT_EQ(OpenDescriptors(), before);
  EXPECT_EQ(kqueue::ProcessExit::Open(pid).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenDescriptors(), before);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
