// Linux: a descriptor of the process itself, pidfd_open(2), or SIGCHLD.

#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <new>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/exit_source.h"
#include "backends/posix/signalled_exit.h"
#include "backends/posix/unique_descriptor.h"
#include "event/child_exit.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace posix {
namespace {

// The numbers are those of Linux 5.3 and 5.4, on all processors. The C library
// of 2019 does not name them.
constexpr long kPidfdOpen = 434;
constexpr auto kPidfd = static_cast<idtype_t>(3);  // P_PIDFD

class ProcessDescriptor final : public ExitSource {
 public:
  ProcessDescriptor(pid_t pid, UniqueDescriptor descriptor)
      : pid_(pid), descriptor_(std::move(descriptor)) {}

  int descriptor() const override { return descriptor_.get(); }

  absl::StatusOr<ExitStatus> Status(bool reap) override {
    const int options = WEXITED | (reap ? 0 : WNOWAIT);
    siginfo_t info;
    int error = AskForChild(kPidfd, static_cast<id_t>(descriptor_.get()),
                            options, info);
    // Linux 5.3 has the descriptor, and 5.4 the wait for it.
    if (error == EINVAL) {
      error = AskForChild(P_PID, static_cast<id_t>(pid_), options, info);
    }
    return ExitStatusOf(error, info);
  }

  bool uses_signal() const override { return false; }

 private:
  const pid_t pid_;
  const UniqueDescriptor descriptor_;
};

absl::Status OpenError(int error, pid_t pid) {
  switch (error) {
    case ESRCH:
      return internal::DescribedError(absl::StatusCode::kNotFound,
                                      "there is no process ", pid);
    case EINVAL:
    case ENOENT:  // Linux 6.9 and newer.
      return internal::DescribedError(
          absl::StatusCode::kInvalidArgument, pid,
          " is not the ID of a process (of a thread, perhaps)");
    default:
      return CreationError(error, "pidfd_open");
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<ExitSource>> OpenExitSource(pid_t pid) {
  // Close-on-exec by itself.
  const auto descriptor = static_cast<int>(syscall(kPidfdOpen, pid, 0));
  if (descriptor >= 0) {
    UniqueDescriptor owner(descriptor);
    std::unique_ptr<ExitSource> source = absl::WrapUnique<ExitSource>(
        new (std::nothrow) ProcessDescriptor(pid, std::move(owner)));
    if (source == nullptr) return internal::NoMemoryError("a watched child");
    return source;
  }
  const int error = errno;
  if (!IsMissingSystemCall(error)) return OpenError(error, pid);
  return SignalledExit::Open(
      pid, error == ENOSYS
               ? "pidfd_open(2) is missing (ENOSYS: Linux before 5.3, or a "
                 "sandbox that refuses it)"
               : "pidfd_open(2) is refused (EPERM: a sandbox)");
}

}  // namespace posix
}  // namespace event_selector
