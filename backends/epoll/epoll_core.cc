#include "backends/epoll/epoll_core.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/epoll/control_error.h"
#include "backends/posix/unique_descriptor.h"
#include "event/handle.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace epoll {
namespace {

// Whether `handle` names an epoll instance: only such a one looks for a
// descriptor that is certainly not in it (ENOENT).
bool IsEpoll(Handle handle) {
  const posix::UniqueDescriptor fresh(eventfd(0, EFD_CLOEXEC));
  epoll_event event = {};
  return fresh.valid() &&
         epoll_ctl(handle, EPOLL_CTL_DEL, fresh.get(), &event) != 0 &&
         errno == ENOENT;
}

// Whether an epoll instance that nobody watches could watch `handle`.
bool CanBeWatched(Handle handle) {
  const posix::UniqueDescriptor fresh(epoll_create1(EPOLL_CLOEXEC));
  epoll_event event = {};
  return !fresh.valid() ||
         epoll_ctl(fresh.get(), EPOLL_CTL_ADD, handle, &event) == 0 ||
         errno != ELOOP;
}

}  // namespace

absl::Status EpollCore::Open() {
  if (absl::Status status = queue_.Open(); !status.ok()) return status;
  return waker_.Open(queue_);
}

absl::Status EpollCore::ControlError(int operation, Handle handle,
                                     std::uint32_t events, int error) const {
  switch (error) {
    case EINVAL:
      return InvalidError(operation, handle, events);
    case ELOOP:
      if (operation != EPOLL_CTL_ADD) break;
      return CanBeWatched(handle) ? CircleError(handle) : TooDeepError(handle);
    default:
      break;
  }
  return epoll::ControlError(operation, handle, error);
}

// EINVAL: the queue would watch itself, perhaps by a duplicate of its
// descriptor; or EPOLLEXCLUSIVE does not allow it; or too many watch the file.
absl::Status EpollCore::InvalidError(int operation, Handle handle,
                                     std::uint32_t events) const {
  if (handle == queue_.descriptor()) return OwnHandleError(operation, handle);
  const bool is_epoll = IsEpoll(handle);
  if (operation != EPOLL_CTL_ADD) {
    if (is_epoll) return OwnHandleError(operation, handle);
    if (operation == EPOLL_CTL_MOD) {
      return internal::ExclusiveModifyError(handle);
    }
    return epoll::ControlError(operation, handle, EINVAL);
  }
  if (is_epoll && (events & EPOLLEXCLUSIVE) != 0) {
    return ExclusiveEpollError(handle);
  }
  // It is not registered (that is EEXIST), so this changes nothing.
  const bool is_own =
      queue_.Control(EPOLL_CTL_DEL, handle, 0, 0) != 0 && errno == EINVAL;
  return is_own ? OwnHandleError(operation, handle) : TooManyPathsError(handle);
}

}  // namespace epoll
}  // namespace event_selector
