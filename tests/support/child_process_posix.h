#ifndef TESTS_SUPPORT_CHILD_PROCESS_POSIX_H_
#define TESTS_SUPPORT_CHILD_PROCESS_POSIX_H_

#include <sys/types.h>

#include <functional>
#include <ostream>
#include <string>

// Child processes for tests, on POSIX systems: run, watched, and reaped.
namespace event_selector {
namespace testing {

// How a process ended: by itself or by a signal.
struct ProcessEnd {
  int exit_code = 0;
  int signal = 0;  // 0: by itself.
};

inline bool operator==(const ProcessEnd& a, const ProcessEnd& b) {
  return a.exit_code == b.exit_code && a.signal == b.signal;
}

// "exit code 1", "signal 9"
std::ostream& operator<<(std::ostream& out, const ProcessEnd& end);

inline constexpr ProcessEnd kExitedWell = {0, 0};

// A child of this process. Leaves neither a zombie nor a process behind: what
// still runs when this object dies is killed. Thread-compatible.
class ChildProcess {
 public:
  // Forks. The child runs `body`, which returns what went wrong: "" if nothing
  // did, and the child ends with exit code 0; else with 1, and with the text on
  // standard error. Neither destructors of the parent's objects nor handlers of
  // atexit run there. A child that takes longer than two minutes ends by
  // SIGALRM. `body` must not start threads where the parent has several, and
  // uses expectations of GoogleTest's in vain: the parent learns nothing of
  // them.
  static ChildProcess Fork(const std::function<std::string()>& body);

  // Takes over a child that was made in another way.
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  void Kill(int signal);

  // Waits for the child's end. To be called once.
  ProcessEnd Wait();

 private:
  pid_t pid_;  // -1: waited for.
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_CHILD_PROCESS_POSIX_H_
