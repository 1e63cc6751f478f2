// The end of a process by EVFILT_PROC, over the stand-in for kevent().

#include "backends/kqueue/process_exit.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/event.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/posix/exit_source.h"
#include "event/child_exit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/child_process_posix.h"
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

// What keeps the queue readable after its event was fetched was made before,
// when a lack of memory could be told.
TEST_P(ProcessExitTest, WithoutMemoryNothingIsWatchedAndNoEventIsLost) {
  const pid_t pid = StartSleeper();
  const std::set<int> before = OpenDescriptors();
  KqueueFaults faults;
  const ScopedKqueueFaults scope(faults);
  for (int passing = 0;; ++passing) {
    faults.refused_change = {passing, ENOMEM};
    const auto source = kqueue::ProcessExit::Open(pid);
    if (!faults.refused_change.has_failed) break;
    EXPECT_EQ(source.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(OpenDescriptors(), before);
  }
  faults.refused_change = {};
  const std::unique_ptr<posix::ExitSource> source = Open(pid);
  kill(pid, SIGKILL);
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  faults.failing_change = {1, EVFILT_USER, EV_ADD, ENOMEM};
  EXPECT_EQ(source->Status(false).value(), (ExitStatus{0, SIGKILL}));
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  EXPECT_EQ(source->Status(true).value(), (ExitStatus{0, SIGKILL}));
}

TEST_P(ProcessExitTest, ACallThatIsInterruptedForEverEnds) {
  const pid_t pid = StartSleeper();
  const std::unique_ptr<posix::ExitSource> source = Open(pid);
  {
    KqueueFaults faults;
    const ScopedKqueueFaults scope(faults);
    faults.refused_call = {0, EINTR};
    // One alone is no error.
    EXPECT_EQ(source->Status(false).status().code(),
              absl::StatusCode::kUnavailable);
    EXPECT_TRUE(faults.refused_call.has_failed);
    faults.at_each_moment = [&faults] { faults.refused_call = {0, EINTR}; };
    EXPECT_EQ(source->Status(false).status().code(),
              absl::StatusCode::kInternal);
  }
  kill(pid, SIGKILL);
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  EXPECT_EQ(source->Status(true).value(), (ExitStatus{0, SIGKILL}));
}

// The thread ends at its next cancellation point, and the event is not lost.
TEST_P(ProcessExitTest, AThreadThatIsCancelledTakesNothingAlong) {
  const pid_t pid = StartSleeper();
  const std::unique_ptr<posix::ExitSource> source = Open(pid);
  kill(pid, SIGKILL);
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  std::atomic<bool> has_status{false};
  std::thread([&] {
    pthread_cancel(pthread_self());
    has_status = source->Status(false).ok();
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  }).join();
  EXPECT_TRUE(has_status);
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  EXPECT_EQ(source->Status(true).value(), (ExitStatus{0, SIGKILL}));
}

// A child does not inherit the queue: its number is somebody else's there.
TEST_P(ProcessExitTest, AForkedChildThatDestroysItClosesNobodysDescriptor) {
  const pid_t pid = StartSleeper();
  std::unique_ptr<posix::ExitSource> source = Open(pid);
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    const int number = source->descriptor();
    const int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (other != number && dup2(other, number) != number) return "no number";
    if (source->Status(false).status().code() != absl::StatusCode::kNotFound) {
      return "the parent's process has a status";
    }
    source.reset();
    return fcntl(number, F_GETFD) >= 0 ? "" : "another's was closed";
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
  kill(pid, SIGKILL);
  EXPECT_TRUE(IsReadable(*source, kForSureMs));
  EXPECT_EQ(source->Status(true).value(), (ExitStatus{0, SIGKILL}));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
