#ifndef BACKENDS_POSIX_ERRNO_STATUS_H_
#define BACKENDS_POSIX_ERRNO_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace posix {

// The error `code` with a text of `what`, which absl::StrCat takes, and of what
// the system says of `error`, a value of errno.
template <typename... What>
absl::Status ErrnoError(absl::StatusCode code, int error, const What&... what) {
  return internal::ErrorWithText(code, [&] {
    return std::string(
        absl::ErrnoToStatus(error, absl::StrCat(what...)).message());
  });
}

// The status for a system call that failed with `error` (a value of errno)
// while it made something that costs the system's resources: `what` says which.
//   kResourceExhausted  no descriptors, memory, or watches left;
//   kUnimplemented      the system does not have the call, or a seccomp filter
//                       refuses it (EPERM, which no such call has otherwise);
//   kInternal           anything else: not expected.
absl::Status CreationError(int error, absl::string_view what);

// Whether `error` says that the system has no such call. ENOSYS: the kernel is
// too old. EPERM: what some seccomp filters answer for calls that they do not
// know (containers); the kernel itself never does for a wait.
bool IsMissingSystemCall(int error);

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_ERRNO_STATUS_H_
