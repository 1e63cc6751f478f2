#include "backends/epoll/control_error.h"

#include <sys/epoll.h>

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "backends/posix/descriptor_kind.h"
#include "event/handle.h"
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
  const absl::string_view name = OperationName(operation);
  const std::string call = absl::StrCat(name, " of handle ", handle, ": ");
  switch (error) {
    case EEXIST:
      return internal::AlreadyRegisteredError(name, handle);
    case ENOENT:
      return internal::NotRegisteredError(name, handle);
    case EBADF:
      return posix::BadDescriptorError(name, handle);
    case EPERM:
      return internal::NotPollableError(name, handle, posix::KindOf(handle));
    case EINVAL:
      if (operation == EPOLL_CTL_MOD) {
        return internal::ExclusiveModifyError(handle);
      }
      return absl::InvalidArgumentError(absl::StrCat(
          call,
          "the kernel refuses it: a selector cannot watch itself, nor another "
          "epoll descriptor with Mode::kExclusive"));
    case ELOOP:
      return absl::InvalidArgumentError(absl::StrCat(
          call,
          "epoll descriptors would watch each other in a circle, or "
          "deeper than five levels"));
    case ENOSPC:
      return absl::ResourceExhaustedError(
          absl::StrCat(call,
                       "the user's limit of watches is reached: see "
                       "/proc/sys/fs/epoll/max_user_watches"));
    case ENOMEM:
      return absl::ResourceExhaustedError(
          absl::StrCat(call, "the kernel has no memory left"));
    default:
      return absl::InternalError(
          absl::ErrnoToStatus(error, absl::StrCat(call, "epoll_ctl"))
              .message());
  }
}

absl::Status OwnHandleError(int operation, Handle handle) {
  // To the caller, a handle that it has not registered.
  if (operation != EPOLL_CTL_ADD)
    return ControlError(operation, handle, ENOENT);
  return internal::OwnHandleError(handle);
}

absl::Status WaitError(int error) {
  return absl::InternalError(
      absl::ErrnoToStatus(error, "epoll_wait").message());
}

}  // namespace epoll
}  // namespace event_selector
