#include "backends/epoll/epoll_core.h"

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "backends/posix/fork_generation.h"

namespace event_selector {
namespace epoll {

absl::Status EpollCore::Open() {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  if (absl::Status status = queue_.Open(); !status.ok()) return status;
  return waker_.Open(queue_);
}

absl::Status EpollCore::Wake() {
  // Statuses without a message: one with a message would allocate.
  if (ABSL_PREDICT_FALSE(!IsUsable())) return life_.WhyOverInBrief();
  if (ABSL_PREDICT_FALSE(!waker_.Wake())) {
    return absl::Status(absl::StatusCode::kInternal, "");
  }
  return absl::OkStatus();
}

void EpollCore::Close() {
  // A forked child shares the queue with its parent.
  if (life_.Close() && life_.IsInItsProcess()) waker_.WakeForever();
}

}  // namespace epoll
}  // namespace event_selector
