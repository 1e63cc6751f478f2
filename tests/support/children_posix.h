#ifndef TESTS_SUPPORT_CHILDREN_POSIX_H_
#define TESTS_SUPPORT_CHILDREN_POSIX_H_

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace event_selector {
namespace testing {

// Children for the tests of ChildExit, which reap them.

// A child that ends at once.
inline pid_t StartExiting(int code) {
  const pid_t pid = fork();
  if (pid == 0) _exit(code);
  return pid;
}

// A child that runs until it is killed, and two minutes at most.
inline pid_t StartSleeper() {
  const pid_t pid = fork();
  if (pid == 0) {
    signal(SIGALRM, SIG_DFL);
    alarm(120);
    for (;;) pause();
  }
  return pid;
}

// Returns once the child has ended. It is not reaped.
inline void AwaitZombie(pid_t pid) {
  siginfo_t info = {};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
}

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_CHILDREN_POSIX_H_
