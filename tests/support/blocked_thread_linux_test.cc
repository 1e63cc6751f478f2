#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// The letter for the state of a thread of this process' parent, in proc(5).
char StateInParent(const ThreadId& thread) {
  std::ifstream file(
      absl::StrCat("/proc/", getppid(), "/task/", thread.value(), "/stat"));
  std::string stat;
  std::getline(file, stat);
  const std::size_t end_of_name = stat.rfind(')');
  return end_of_name + 2 < stat.size() ? stat[end_of_name + 2] : '?';
}

TEST(BlockedThreadLinuxTest, SeesACallThatTheKernelHasRestarted) {
  const SocketPair pair = MakeStreamPair();
  std::promise<ThreadId> promise;
  std::thread thread([&] {
    promise.set_value(CurrentThreadId());
    EXPECT_TRUE(AwaitReadable(pair.a.handle(), absl::Seconds(60)));
  });
  const ThreadId id = promise.get_future().get();
  AwaitBlocked(id);
  ChildProcess child = ChildProcess::Fork([id] {
    kill(getppid(), SIGSTOP);
    while (StateInParent(id) != 'T') absl::SleepFor(absl::Milliseconds(1));
    kill(getppid(), SIGCONT);
    return "";
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
  AwaitBlocked(id);  // In restart_syscall(2) now.
  SendAll(pair.b.handle(), "x");
  thread.join();
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
