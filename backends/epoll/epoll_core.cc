#include "backends/epoll/epoll_core.h"

#include <atomic>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "backends/posix/fork_generation.h"

namespace event {
namespace epoll {

absl::Status EpollCore::Open() {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  if (absl::Status status = queue_.Open(); !status.ok()) return status;
  return waker_.Open(queue_);
}

absl::Status EpollCore::WhyUnusable() const {
  if (!IsInItsProcess()) {
    return absl::FailedPreconditionError(
        "this selector was made before a fork and belongs to the parent "
        "process: create one in the child");
  }
  return absl::CancelledError("the selector is closed");
}

absl::Status EpollCore::Wake() {
  // Statuses without a message: one with a message would allocate.
  if (ABSL_PREDICT_FALSE(!IsUsable())) {
    return absl::Status(IsInItsProcess()
                            ? absl::StatusCode::kCancelled
                            : absl::StatusCode::kFailedPrecondition,
                        "");
  }
  if (ABSL_PREDICT_FALSE(!waker_.Wake())) {
    return absl::Status(absl::StatusCode::kInternal, "");
  }
  return absl::OkStatus();
}

void EpollCore::Close() {
  if (usable_generation_.exchange(kClosed, std::memory_order_acq_rel) ==
      kClosed) {
    return;
  }
  // A forked child shares the queue with its parent.
  if (IsInItsProcess()) waker_.WakeForever();
}

}  // namespace epoll
}  // namespace event
