#include "backends/poll/poll_errors.h"

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "backends/posix/descriptor_kind.h"
#include "backends/posix/errno_status.h"
#include "event/handle.h"
#include "event/internal/described_error.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace poll {

absl::Status HandleError(absl::string_view call, Handle handle, int error) {
  if (error == EBADF) return posix::BadDescriptorError(call, handle);
  // A file with a size or number that does not fit (fstat(2)): a file it is.
  if (error == EOVERFLOW)
    return internal::NotPollableError(call, handle, posix::KindOf(handle));
  std::string what;
  internal::HasMemoryFor(
      [&] { what = absl::StrCat(call, " of handle ", handle); });
  return posix::CreationError(error, what);
}

absl::Status WaitError(int error) {
  // POSIX: "the nfds argument is greater than {OPEN_MAX}".
  if (error == EINVAL) {
    return internal::DescribedError(
        absl::StatusCode::kResourceExhausted,
        "poll: more handles are registered than the process may have "
        "descriptors by now (RLIMIT_NOFILE)");
  }
  // EAGAIN: POSIX, for want of memory.
  return posix::CreationError(error == EAGAIN ? ENOMEM : error, "poll");
}

absl::Status NotifierError() {
  return internal::DescribedError(
      absl::StatusCode::kInternal,
      "the descriptor by which other threads end a Wait was closed by somebody "
      "else, or the system refuses to read it");
}

}  // namespace poll
}  // namespace event_selector
