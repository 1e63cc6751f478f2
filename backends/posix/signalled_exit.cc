#include "backends/posix/signalled_exit.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/exit_source.h"
#include "backends/posix/private_pipe.h"
#include "backends/posix/signal_watch.h"
#include "backends/posix/unique_descriptor.h"
#include "event/child_exit.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace posix {
namespace {

constexpr std::uint64_t kChildSignal = std::uint64_t{1} << (SIGCHLD - 1);

// `error` with `why` in front of what it says.
absl::Status Because(absl::string_view why, const absl::Status& error) {
  if (why.empty()) return error;
  return internal::DescribedError(error.code(), why, "; and SIGCHLD, which ",
                                  "stands in, does not do: ", error.message());
}

}  // namespace

absl::StatusOr<std::unique_ptr<SignalledExit>> SignalledExit::Open(
    pid_t pid, absl::string_view why) {
  auto exit = absl::WrapUnique(new (std::nothrow) SignalledExit(pid));
  if (exit == nullptr) return internal::NoMemoryError("a watched child");
  if (absl::Status status = exit->Begin(); !status.ok()) {
    return Because(why, status);
  }
  return exit;
}

absl::Status SignalledExit::Begin() {
  siginfo_t info;
  const int error =
      AskForChild(P_PID, static_cast<id_t>(pid_), WEXITED | WNOWAIT, info);
  if (error == ECHILD) {
    return kill(pid_, 0) == 0 || errno == EPERM
               ? internal::DescribedError(absl::StatusCode::kFailedPrecondition,
                                          "process ", pid_,
                                          " is not a child of this process")
               : internal::DescribedError(absl::StatusCode::kNotFound,
                                          "there is no process ", pid_);
  }
  if (error != 0) return ExitStatusOf(error, info).status();
  int ends[2];
  if (MakePrivatePipe(ends) != 0) return CreationError(errno, "pipe");
  read_end_ = UniqueDescriptor(ends[0]);
  write_end_ = UniqueDescriptor(ends[1]);
  absl::StatusOr<SignalWatch> watch =
      SignalWatch::Begin(kChildSignal, &Look, this);
  if (!watch.ok()) return watch.status();
  watch_.emplace(*std::move(watch));
  // For a child that ended before the handler was there.
  Look(this, SIGCHLD);
  return absl::OkStatus();
}

void SignalledExit::Look(void* exit, int /*signal*/) {
  SignalledExit& self = *static_cast<SignalledExit*>(exit);
  if (self.is_told_.load(std::memory_order_relaxed)) return;
  siginfo_t info;
  const int error =
      AskForChild(P_PID, static_cast<id_t>(self.pid_), WEXITED | WNOWAIT, info);
  // ECHILD: somebody else has reaped it.
  const bool has_ended = error == 0 ? info.si_pid != 0 : error == ECHILD;
  if (!has_ended) return;
  // Two handlers that see it at once may both write.
  const CancellationShield shield;
  const char byte = 0;
  if (write(self.write_end_.get(), &byte, 1) == 1) {
    self.is_told_.store(true, std::memory_order_relaxed);
  }
}

absl::StatusOr<ExitStatus> SignalledExit::Status(bool reap) {
  siginfo_t info;
  const int error = AskForChild(P_PID, static_cast<id_t>(pid_),
                                WEXITED | (reap ? 0 : WNOWAIT), info);
  return ExitStatusOf(error, info);
}

}  // namespace posix
}  // namespace event_selector
