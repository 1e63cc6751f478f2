#include "backends/epoll/epoll_core.h"

#include "absl/status/status.h"
#include "backends/posix/fork_generation.h"

namespace event_selector {
namespace epoll {

absl::Status EpollCore::Open() {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  if (absl::Status status = queue_.Open(); !status.ok()) return status;
  return waker_.Open(queue_);
}

}  // namespace epoll
}  // namespace event_selector
