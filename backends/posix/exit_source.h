#ifndef BACKENDS_POSIX_EXIT_SOURCE_H_
#define BACKENDS_POSIX_EXIT_SOURCE_H_

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <memory>

#include "absl/status/statusor.h"
#include "event/child_exit.h"

namespace event_selector {
namespace posix {

// A descriptor that becomes readable when a process ends, and stays so.
// Thread-compatible.
class ExitSource {
 public:
  virtual ~ExitSource() = default;
  ExitSource(const ExitSource&) = delete;
  ExitSource& operator=(const ExitSource&) = delete;

  virtual int descriptor() const = 0;
  // How the process ended, as `ChildExit::Peek` and `ChildExit::Reap` return
  // it.
  virtual absl::StatusOr<ExitStatus> Status(bool reap) = 0;
  // Whether it depends on SIGCHLD.
  virtual bool uses_signal() const = 0;

 protected:
  ExitSource() = default;
};

// The source that the build selected for its system. Errors: those of
// `ChildExit::Watch`.
absl::StatusOr<std::unique_ptr<ExitSource>> OpenExitSource(pid_t pid);

// Calls waitid(2) with `options` and WNOHANG, and returns 0 or its errno. If
// there is nothing to report, `info` is all zeros. Async-signal-safe.
int AskForChild(idtype_t type, id_t id, int options, siginfo_t& info);

// What such a call with WEXITED says. Errors: those of `ChildExit::Peek`;
// kInternal.
absl::StatusOr<ExitStatus> ExitStatusOf(int error, const siginfo_t& info);

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_EXIT_SOURCE_H_
