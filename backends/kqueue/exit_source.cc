// The BSDs and macOS: EVFILT_PROC.

#include "backends/posix/exit_source.h"

#include <sys/types.h>

#include <memory>

#include "absl/status/statusor.h"
#include "backends/kqueue/process_exit.h"

namespace event_selector {
namespace posix {

absl::StatusOr<std::unique_ptr<ExitSource>> OpenExitSource(pid_t pid) {
  return kqueue::ProcessExit::Open(pid);
}

}  // namespace posix
}  // namespace event_selector
