#ifndef BACKENDS_EPOLL_CONTROL_ERROR_H_
#define BACKENDS_EPOLL_CONTROL_ERROR_H_

#include "absl/status/status.h"
#include "event/handle.h"

namespace event_selector {
namespace epoll {

// What a failed system call means to the caller of the selector. `operation` is
// EPOLL_CTL_ADD, MOD or DEL; `error` a value of errno.

// For epoll_ctl(2) on `handle`, but for EINVAL and ELOOP, which have several
// causes each: see EpollCore::ControlError.
absl::Status ControlError(int operation, Handle handle, int error);

// For those causes: see EPOLLEXCLUSIVE and ELOOP in epoll_ctl(2), and
// `path_limits` and EP_MAX_NESTS in fs/eventpoll.c.
absl::Status ExclusiveEpollError(Handle handle);
absl::Status TooManyPathsError(Handle handle);
absl::Status CircleError(Handle handle);
absl::Status TooDeepError(Handle handle);

// For a `handle` that is a part of the selector, which is not to be touched.
absl::Status OwnHandleError(int operation, Handle handle);

// For epoll_wait(2) and epoll_pwait2(2). Never the caller's arguments: only the
// loss of the epoll descriptor (somebody else closed it) can be behind it.
absl::Status WaitError(int error);

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_CONTROL_ERROR_H_
