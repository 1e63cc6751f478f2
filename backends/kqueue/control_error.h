#ifndef BACKENDS_KQUEUE_CONTROL_ERROR_H_
#define BACKENDS_KQUEUE_CONTROL_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"

namespace event_selector {
namespace kqueue {

// What a failed call means to the caller of the selector. `call` is "Add",
// "Modify" or "Remove"; `error` a value of errno.

// For what kevent(2) says of `handle`.
absl::Status ControlError(absl::string_view call, Handle handle, int error);

// For `Modify` or `Remove` of a `handle` that has no registration. Asks the
// system what else is wrong with it.
absl::Status NotRegisteredError(absl::string_view call, Handle handle);

// For a `handle` that is a part of the selector, which is not to be touched.
absl::Status OwnHandleError(absl::string_view call, Handle handle);

// For kevent(2) while waiting. Never the caller's arguments: the kernel may
// have no memory (kResourceExhausted), and else only the loss of the queue's
// descriptor (somebody else closed it) can be behind it.
absl::Status WaitError(int error);

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_CONTROL_ERROR_H_
