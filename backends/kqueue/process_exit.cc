#include "backends/kqueue/process_exit.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#include <cerrno>
#include <memory>
#include <new>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/kqueue/system.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/exit_source.h"
#include "backends/posix/signalled_exit.h"
#include "backends/posix/unique_descriptor.h"
#include "event/child_exit.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace kqueue {
namespace {

#if defined(NOTE_EXITSTATUS)
// macOS has the status in `data` only if asked, and only of a child.
constexpr unsigned kExit = NOTE_EXIT | NOTE_EXITSTATUS;
#else
constexpr unsigned kExit = NOTE_EXIT;
#endif

// A call that does not wait is interrupted by chance only: this many times, it
// is something else that answers.
constexpr int kMostInterruptions = 10'000;

int Change(int queue, const Kevent& change) {
  const posix::CancellationShield shield;  // kevent(2) is a cancellation point.
  return CallKevent(queue, &change, 1, nullptr, 0, nullptr);
}

// The event of the queue, if there is one: 1, or 0, or -1 with errno.
int Fetch(int queue, Kevent& event) {
  // A cancellation point, and what it has fetched is gone.
  const posix::CancellationShield shield;
  constexpr timespec kNoTime = {};
  int count;
  int interruptions = 0;
  do {
    count = CallKevent(queue, nullptr, 0, &event, 1, &kNoTime);
  } while (count < 0 && errno == EINTR && ++interruptions < kMostInterruptions);
  return count;
}

absl::Status NobodysChildError() {
  return internal::DescribedError(
      absl::StatusCode::kNotFound,
      "the process is not a child of this one, or somebody else has reaped "
      "it");
}

ExitStatus StatusOf(int wait_status) {
  ExitStatus status;
  if (WIFSIGNALED(wait_status)) {
    status.signal = WTERMSIG(wait_status);
  } else {
    status.exit_code = WEXITSTATUS(wait_status);
  }
  return status;
}

}  // namespace

ProcessExit::ProcessExit(pid_t pid, posix::UniqueDescriptor queue)
    : pid_(pid), queue_(std::move(queue)) {}

ProcessExit::~ProcessExit() {
  // The number is free in a child, or somebody else's.
  if (fork_generation_ != posix::ForkGeneration()) queue_.Release();
}

absl::StatusOr<std::unique_ptr<posix::ExitSource>> ProcessExit::Open(
    pid_t pid) {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  posix::UniqueDescriptor queue(OpenKqueue());
  if (!queue.valid()) return posix::CreationError(errno, "kqueue");
  const Kevent change = MakeKevent(pid, EVFILT_PROC, EV_ADD, kExit, 0, 0);
  if (Change(queue.get(), change) < 0) {
    const int error = errno;
    if (error == ESRCH) return posix::SignalledExit::Open(pid, "");
    if (error != EACCES) {
      return posix::CreationError(error, "kevent for a process");
    }
    return internal::DescribedError(absl::StatusCode::kFailedPrecondition,
                                    "process ", pid,
                                    " is not a child of this process");
  }
  // What `KeepReadable` triggers is made now, when an error can be told.
  if (kHasUser &&
      Change(queue.get(), MakeKevent(0, kUser, EV_ADD, 0, 0, 0)) < 0) {
    return posix::CreationError(errno, "kevent for a process");
  }
  std::unique_ptr<posix::ExitSource> source =
      absl::WrapUnique<posix::ExitSource>(
          new (std::nothrow) ProcessExit(pid, std::move(queue)));
  if (source == nullptr) return internal::NoMemoryError("a watched child");
  return source;
}

absl::StatusOr<ExitStatus> ProcessExit::Status(bool reap) {
  // (Of the parent's queue, which a child does not have.)
  if (fork_generation_ != posix::ForkGeneration()) return NobodysChildError();
  if (!wait_status_.has_value()) {
    Kevent event;
    const int count = Fetch(queue_.get(), event);
    if (count < 0) {
      return posix::ErrnoError(absl::StatusCode::kInternal, errno, "kevent");
    }
    if (count == 0) {
      return internal::DescribedError(absl::StatusCode::kUnavailable,
                                      "the process is still running");
    }
    wait_status_ = static_cast<int>(event.data);
    KeepReadable();
  }
  return reap ? Reap() : StatusOf(*wait_status_);
}

absl::StatusOr<ExitStatus> ProcessExit::Reap() {
  const posix::CancellationShield shield;
  int status = 0;
  pid_t reaped;
  int interruptions = 0;
  do {
    reaped = waitpid(pid_, &status, WNOHANG);
  } while (reaped < 0 && errno == EINTR &&
           ++interruptions < kMostInterruptions);
  if (reaped == pid_) return StatusOf(status);
  // 0: a new child of the same ID runs.
  if (reaped == 0 || errno == ECHILD) return NobodysChildError();
  return posix::ErrnoError(absl::StatusCode::kInternal, errno, "waitpid");
}

// The event is given once, and nobody but this object may have seen it.
void ProcessExit::KeepReadable() const {
  if constexpr (kHasUser) {
    Change(queue_.get(), MakeKevent(0, kUser, 0, kTrigger, 0, 0));
  } else {
    // A timer that has passed, and that nobody fetches. (It may need memory. If
    // there is none, the status is known to the caller who has asked for it.)
    Change(queue_.get(), MakeKevent(0, EVFILT_TIMER, EV_ADD, 0, 1, 0));
  }
}

}  // namespace kqueue
}  // namespace event_selector
