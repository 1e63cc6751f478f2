// Systems without a descriptor for the end of a process: SIGCHLD.

#include <sys/types.h>

#include <memory>

#include "absl/status/statusor.h"
#include "backends/posix/exit_source.h"
#include "backends/posix/signalled_exit.h"

namespace event_selector {
namespace posix {

absl::StatusOr<std::unique_ptr<ExitSource>> OpenExitSource(pid_t pid) {
  return SignalledExit::Open(pid, "");
}

}  // namespace posix
}  // namespace event_selector
