#ifndef BACKENDS_KQUEUE_PROCESS_EXIT_H_
#define BACKENDS_KQUEUE_PROCESS_EXIT_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "backends/posix/exit_source.h"
#include "backends/posix/fork_generation.h"
#include "backends/posix/unique_descriptor.h"
#include "event/child_exit.h"

namespace event_selector {
namespace kqueue {

// The end of a process, as a queue of its own with one EVFILT_PROC: the
// descriptor of a queue can be watched like any other. The event brings the
// exit status along (on macOS by NOTE_EXITSTATUS), which is known from then on,
// also if somebody else reaps the child.
class ProcessExit final : public posix::ExitSource {
 public:
  // Errors: those of `ChildExit::Watch`. The result may be another kind of
  // source: not every system gives the event for a process that has ended
  // already (macOS, NetBSD: ESRCH), and then SIGCHLD stands in.
  static absl::StatusOr<std::unique_ptr<posix::ExitSource>> Open(pid_t pid);

  ~ProcessExit() override;

  int descriptor() const override { return queue_.get(); }
  absl::StatusOr<ExitStatus> Status(bool reap) override;
  bool uses_signal() const override { return false; }

 private:
  ProcessExit(pid_t pid, posix::UniqueDescriptor queue);

  absl::StatusOr<ExitStatus> Reap();
  void KeepReadable() const;

  const pid_t pid_;
  posix::UniqueDescriptor queue_;
  // Of the process that has the queue: a child does not inherit it.
  const std::uint32_t fork_generation_ = posix::ForkGeneration();
  // As wait(2) has it, once the event was taken out of the queue.
  std::optional<int> wait_status_;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_PROCESS_EXIT_H_
