#ifndef BACKENDS_POLL_POLL_ERRORS_H_
#define BACKENDS_POLL_POLL_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"

namespace event_selector {
namespace poll {

// What a failed system call means to the caller of the selector. `error` is a
// value of errno.

// For fstat(2), fcntl(2) or poll(2) on `handle` alone, by the function `call`.
absl::Status HandleError(absl::string_view call, Handle handle, int error);

// For poll(2) and ppoll(2) in `Wait`.
absl::Status WaitError(int error);

// For a notifier that does not work any more.
absl::Status NotifierError();

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_POLL_ERRORS_H_
