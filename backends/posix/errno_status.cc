#include "backends/posix/errno_status.h"

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace event_selector {
namespace posix {

absl::Status CreationError(int error, absl::string_view what) {
  // Gives the message with the system's text for `error`.
  const absl::Status described = absl::ErrnoToStatus(error, what);
  switch (error) {
    case EMFILE:
      return absl::ResourceExhaustedError(absl::StrCat(
          described.message(),
          ": the process has no descriptors left (RLIMIT_NOFILE)"));
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
      return absl::ResourceExhaustedError(described.message());
    case ENOSYS:
      return absl::UnimplementedError(described.message());
    default:
      return absl::InternalError(described.message());
  }
}

bool IsMissingSystemCall(int error) {
  return error == ENOSYS || error == EPERM;
}

}  // namespace posix
}  // namespace event_selector
