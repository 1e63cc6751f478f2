#include "backends/kqueue/control_error.h"

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "backends/kqueue/file_kind.h"
#include "backends/posix/descriptor_kind.h"
#include "backends/posix/errno_status.h"
#include "event/handle.h"
#include "event/internal/described_error.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace kqueue {

absl::Status ControlError(absl::string_view call, Handle handle, int error) {
  switch (error) {
    case EBADF:
      return posix::BadDescriptorError(call, handle);
    // The file has no such filter: the systems do not agree on the errno.
    case EINVAL:
    case ENODEV:
    case ENOTSUP:
#if EOPNOTSUPP != ENOTSUP
    case EOPNOTSUPP:
#endif
    case EPERM:
    case ENXIO:
      return internal::NotPollableError(call, handle, posix::KindOf(handle));
    case EPIPE:
      return internal::CallError(absl::StatusCode::kInvalidArgument, call,
                                 handle, "the other end of the pipe is closed");
    case ENOMEM:
    case ENOSPC:
      return internal::CallError(absl::StatusCode::kResourceExhausted, call,
                                 handle,
                                 "the kernel has no memory left for it");
    default:
      return posix::ErrnoError(absl::StatusCode::kInternal, error, call,
                               " of handle ", handle, ": kevent");
  }
}

absl::Status NotRegisteredError(absl::string_view call, Handle handle) {
  if (!IsOpen(handle)) return internal::NotOpenError(call, handle);
  if (IsFile(handle))
    return internal::NotPollableError(call, handle, posix::KindOf(handle));
  return internal::NotRegisteredError(call, handle);
}

absl::Status OwnHandleError(absl::string_view call, Handle handle) {
  // To the caller, a handle that it has not registered.
  return call == "Add" ? internal::OwnHandleError(handle)
                       : internal::NotRegisteredError(call, handle);
}

absl::Status WaitError(int error) {
  if (error == ENOMEM) return internal::NoMemoryError("a wait");
  return posix::ErrnoError(absl::StatusCode::kInternal, error, "kevent");
}

}  // namespace kqueue
}  // namespace event_selector
