#include "tests/support/child_process_posix.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

std::string Nothing() { return ""; }

std::string WaitForSignals() {
  for (;;) pause();
}

TEST(ChildProcessTest, AChildWithoutAFailureEndsWell) {
  EXPECT_EQ(ChildProcess::Fork(Nothing).Wait(), kExitedWell);
}

TEST(ChildProcessTest, AFailureIsAnExitCode) {
  const ProcessEnd end =
      ChildProcess::Fork([] { return "a failure, as intended"; }).Wait();
  EXPECT_EQ(end, (ProcessEnd{1, 0}));
}

TEST(ChildProcessTest, ASignalIsNoExitCode) {
  ChildProcess child = ChildProcess::Fork(WaitForSignals);
  child.Kill(SIGTERM);
  EXPECT_EQ(child.Wait(), (ProcessEnd{0, SIGTERM}));
}

TEST(ChildProcessTest, TheBodyRunsInAnotherProcess) {
  const pid_t parent = getpid();
  EXPECT_EQ(ChildProcess::Fork([parent] {
              return getppid() == parent ? "" : "not a child";
            }).Wait(),
            kExitedWell);
}

TEST(ChildProcessTest, ItsEndEndsTheProcess) {
  Pipe pipe = MakePipe();
  {
    const ChildProcess child = ChildProcess::Fork(WaitForSignals);
    pipe.write_end.Close();
    EXPECT_FALSE(AwaitReadable(pipe.read_end.handle(), absl::Milliseconds(1)));
  }
  // Its copy of the write end was the last one.
  EXPECT_TRUE(AwaitReadable(pipe.read_end.handle(), absl::ZeroDuration()));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a zombie is left";
}

TEST(ChildProcessTest, AMoveTakesTheProcess) {
  ChildProcess first = ChildProcess::Fork(Nothing);
  ChildProcess second = std::move(first);
  EXPECT_EQ(second.Wait(), kExitedWell);
}

TEST(ChildProcessTest, SaysHowItEnded) {
  std::ostringstream out;
  out << ProcessEnd{3, 0} << ", " << ProcessEnd{0, SIGKILL};
  EXPECT_EQ(out.str(), "exit code 3, signal 9");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
