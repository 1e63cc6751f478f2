#include "backends/epoll/control_error.h"

#include <sys/epoll.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "backends/posix/descriptor_kind.h"
#include "backends/posix/errno_status.h"
#include "event/handle.h"
#include "event/internal/described_error.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace epoll {
namespace {

absl::string_view OperationName(int operation) {
  switch (operation) {
    case EPOLL_CTL_ADD:
      return "Add";
    case EPOLL_CTL_MOD:
      return "Modify";
    default:
      return "Remove";
  }
}

}  // namespace

absl::Status ControlError(int operation, Handle handle, int error) {
  using Code = absl::StatusCode;
  const absl::string_view call = OperationName(operation);
  switch (error) {
    case EEXIST:
      return internal::AlreadyRegisteredError(call, handle);
    case ENOENT:
      return internal::NotRegisteredError(call, handle);
    case EBADF:
      return posix::BadDescriptorError(call, handle);
    case EPERM:
      return internal::NotPollableError(call, handle, posix::KindOf(handle));
    case ENOSPC:
      return internal::CallError(Code::kResourceExhausted, call, handle,
                                 "the user's limit of watches is reached: see "
                                 "/proc/sys/fs/epoll/max_user_watches");
    case ENOMEM:
      return internal::CallError(Code::kResourceExhausted, call, handle,
                                 "the kernel has no memory left");
    default:
      return posix::ErrnoError(Code::kInternal, error, call, " of handle ",
                               handle, ": epoll_ctl");
  }
}

absl::Status ExclusiveEpollError(Handle handle) {
  return internal::CallError(absl::StatusCode::kInvalidArgument, "Add", handle,
                             "an epoll descriptor cannot be watched with "
                             "Mode::kExclusive: leave the mode out");
}

absl::Status TooManyPathsError(Handle handle) {
  return internal::CallError(
      absl::StatusCode::kResourceExhausted, "Add", handle,
      "too many epoll descriptors watch it, or watch those that do: the kernel "
      "allows a file 500 paths of two, 100 of three, 50 of four and 10 of "
      "five");
}

absl::Status CircleError(Handle handle) {
  return internal::CallError(
      absl::StatusCode::kInvalidArgument, "Add", handle,
      "epoll descriptors would watch each other in a circle");
}

absl::Status TooDeepError(Handle handle) {
  return internal::CallError(
      absl::StatusCode::kResourceExhausted, "Add", handle,
      "epoll descriptors would be nested deeper than the kernel allows, which "
      "is five levels");
}

absl::Status OwnHandleError(int operation, Handle handle) {
  // To the caller, a handle that it has not registered.
  if (operation != EPOLL_CTL_ADD)
    return ControlError(operation, handle, ENOENT);
  return internal::OwnHandleError(handle);
}

absl::Status WaitError(int error) {
  return posix::ErrnoError(absl::StatusCode::kInternal, error, "epoll_wait");
}

}  // namespace epoll
}  // namespace event_selector
