#include "backends/epoll/epoll_core.h"

#include <cerrno>

#include "absl/status/status.h"
#include "backends/epoll/control_error.h"
#include "backends/posix/fork_generation.h"
#include "event/handle.h"

namespace event_selector {
namespace epoll {

absl::Status EpollCore::Open() {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  if (absl::Status status = queue_.Open(); !status.ok()) return status;
  return waker_.Open(queue_);
}

absl::Status EpollCore::ControlError(int operation, Handle handle,
                                     int error) const {
  if (error == EINVAL && handle == queue_.descriptor()) {
    return OwnHandleError(operation, handle);
  }
  return epoll::ControlError(operation, handle, error);
}

}  // namespace epoll
}  // namespace event_selector
