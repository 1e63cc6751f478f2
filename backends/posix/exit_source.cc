#include "backends/posix/exit_source.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "event/child_exit.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace posix {

int AskForChild(idtype_t type, id_t id, int options, siginfo_t& info) {
  // A cancellation point, after which nobody would know what was reaped.
  const CancellationShield shield;
  // A call that does not wait is interrupted by chance only: this many times,
  // it is something else that answers.
  constexpr int kMostAttempts = 10'000;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    info = siginfo_t{};
    if (waitid(type, id, &info, options | WNOHANG) == 0) return 0;
    if (errno != EINTR) return errno;
  }
  return EINTR;
}

absl::StatusOr<ExitStatus> ExitStatusOf(int error, const siginfo_t& info) {
  if (error != 0) {
    if (IsMissingSystemCall(error)) {
      return ErrnoError(absl::StatusCode::kUnimplemented, error,
                        "waitid(2) is refused (by a sandbox)");
    }
    if (error != ECHILD) return CreationError(error, "waitid");
    return internal::DescribedError(
        absl::StatusCode::kNotFound,
        "the process is not a child of this one, or somebody else has reaped "
        "it: its exit status is not known");
  }
  if (info.si_pid == 0) {
    return internal::DescribedError(absl::StatusCode::kUnavailable,
                                    "the process is still running");
  }
  ExitStatus status;
  (info.si_code == CLD_EXITED ? status.exit_code : status.signal) =
      info.si_status;
  return status;
}

}  // namespace posix
}  // namespace event_selector
