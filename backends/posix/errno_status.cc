#include "backends/posix/errno_status.h"

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace posix {

absl::Status CreationError(int error, absl::string_view what) {
  using Code = absl::StatusCode;
  switch (error) {
    case EMFILE:
      return internal::ErrorWithText(Code::kResourceExhausted, [&] {
        return absl::StrCat(
            absl::ErrnoToStatus(error, what).message(),
            ": the process has no descriptors left (RLIMIT_NOFILE)");
      });
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
      return ErrnoError(Code::kResourceExhausted, error, what);
    case ENOSYS:
    case EPERM:
      return ErrnoError(Code::kUnimplemented, error, what);
    default:
      return ErrnoError(Code::kInternal, error, what);
  }
}

bool IsMissingSystemCall(int error) {
  return error == ENOSYS || error == EPERM;
}

}  // namespace posix
}  // namespace event_selector
