#include "tests/support/child_process_posix.h"

#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {
namespace {

constexpr unsigned int kLongestLifeInSeconds = 120;

[[noreturn]] void RunChild(const std::function<std::string()>& body) {
  // What a fork keeps of the parent must not keep the signal from its work.
  signal(SIGALRM, SIG_DFL);
  sigset_t watchdog;
  sigemptyset(&watchdog);
  sigaddset(&watchdog, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &watchdog, nullptr);
  alarm(kLongestLifeInSeconds);
  const std::string failure = body();
  if (failure.empty()) _exit(0);
  fprintf(stderr, "in the child process: %s\n", failure.c_str());
  fflush(stderr);
  _exit(1);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const ProcessEnd& end) {
  if (end.signal != 0) return out << "signal " << end.signal;
  return out << "exit code " << end.exit_code;
}

ChildProcess ChildProcess::Fork(const std::function<std::string()>& body) {
  const pid_t pid = fork();
  if (pid < 0) DieOfError("fork", errno);
  if (pid == 0) RunChild(body);
  return ChildProcess(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  Kill(SIGKILL);
  Wait();
}

void ChildProcess::Kill(int signal) {
  if (pid_ < 0) Die("Kill: the child was waited for already");
  if (kill(pid_, signal) != 0) DieOfError("kill", errno);
}

ProcessEnd ChildProcess::Wait() {
  const pid_t pid = std::exchange(pid_, -1);
  if (pid < 0) Die("Wait: the child was waited for already");
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) DieOfError("waitpid", errno);
  }
  ProcessEnd end;
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  return end;
}

}  // namespace testing
}  // namespace event_selector
