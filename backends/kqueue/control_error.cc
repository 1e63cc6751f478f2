#include "backends/kqueue/control_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"

namespace event {
namespace kqueue {
namespace {

std::string Prefix(absl::string_view call, Handle handle) {
  return absl::StrCat(call, " of handle ", handle, ": ");
}

absl::Status NotOpenError(absl::string_view call, Handle handle) {
  return absl::InvalidArgumentError(
      absl::StrCat(Prefix(call, handle), "it is not open"));
}

}  // namespace

absl::Status ControlError(absl::string_view call, Handle handle, int error) {
  switch (error) {
    case EBADF:
      return NotOpenError(call, handle);
    // The file has no such filter: the systems do not agree on the errno.
    case EINVAL:
    case ENODEV:
    case ENOTSUP:
#if EOPNOTSUPP != ENOTSUP
    case EOPNOTSUPP:
#endif
    case EPERM:
    case ENXIO:
      return NotPollableError(call, handle);
    case EPIPE:
      return absl::InvalidArgumentError(absl::StrCat(
          Prefix(call, handle), "the other end of the pipe is closed"));
    case ENOMEM:
    case ENOSPC:
      return absl::ResourceExhaustedError(absl::StrCat(
          Prefix(call, handle), "the kernel has no memory left for it"));
    default:
      return absl::InternalError(
          absl::ErrnoToStatus(error,
                              absl::StrCat(Prefix(call, handle), "kevent"))
              .message());
  }
}

absl::Status AlreadyRegisteredError(Handle handle) {
  return absl::AlreadyExistsError(absl::StrCat(
      Prefix("Add", handle), "it is registered already; Modify changes it"));
}

absl::Status NotRegisteredError(absl::string_view call, Handle handle) {
  if (!IsOpen(handle)) return NotOpenError(call, handle);
  if (IsFile(handle)) return NotPollableError(call, handle);
  return absl::NotFoundError(absl::StrCat(
      Prefix(call, handle), "it is not registered; Add registers it"));
}

absl::Status OwnHandleError(absl::string_view call, Handle handle) {
  // To the caller, a handle that it has not registered.
  if (call != "Add") {
    return absl::NotFoundError(absl::StrCat(
        Prefix(call, handle), "it is not registered; Add registers it"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(Prefix(call, handle), "it is a part of this selector"));
}

bool IsFile(Handle handle) {
  struct stat status;
  return fstat(handle, &status) == 0 &&
         (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

bool IsOpen(Handle handle) { return fcntl(handle, F_GETFD) >= 0; }

absl::Status NotPollableError(absl::string_view call, Handle handle) {
  return absl::InvalidArgumentError(absl::StrCat(
      Prefix(call, handle), "not pollable (a regular file or a directory?)"));
}

absl::Status WaitError(int error) {
  return absl::InternalError(absl::ErrnoToStatus(error, "kevent").message());
}

absl::Status NoRoomError() {
  return absl::InvalidArgumentError(
      "Wait needs room for at least one event, and the span is empty");
}

absl::Status AnotherThreadError() {
  return absl::FailedPreconditionError(
      "the selector was made with SelectorOptions::single_waiter and belongs "
      "to the thread that waits on it: call from there (Wake makes it return), "
      "or make the selector without the option");
}

}  // namespace kqueue
}  // namespace event
