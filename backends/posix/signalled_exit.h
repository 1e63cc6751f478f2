#ifndef BACKENDS_POSIX_SIGNALLED_EXIT_H_
#define BACKENDS_POSIX_SIGNALLED_EXIT_H_

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "backends/posix/exit_source.h"
#include "backends/posix/signal_watch.h"
#include "backends/posix/unique_descriptor.h"
#include "event/child_exit.h"

namespace event_selector {
namespace posix {

// The end of a child of this process, on systems without a descriptor for it:
// the handler of SIGCHLD looks whether the child has ended, and writes to a
// pipe. The other children's status is not touched (WNOWAIT).
class SignalledExit final : public ExitSource {
 public:
  // `why` says for errors why it has to be SIGCHLD: "pidfd_open: ...". May be
  // empty.
  static absl::StatusOr<std::unique_ptr<SignalledExit>> Open(
      pid_t pid, absl::string_view why);

  int descriptor() const override { return read_end_.get(); }
  absl::StatusOr<ExitStatus> Status(bool reap) override;
  bool uses_signal() const override { return true; }

 private:
  explicit SignalledExit(pid_t pid) : pid_(pid) {}

  absl::Status Begin();
  // Async-signal-safe.
  static void Look(void* exit, int signal);

  const pid_t pid_;
  UniqueDescriptor read_end_;
  UniqueDescriptor write_end_;
  // Whether the pipe has its byte.
  std::atomic<bool> is_told_{false};
  // Last: what ends first.
  std::optional<SignalWatch> watch_;
};

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_SIGNALLED_EXIT_H_
