#ifndef EVENT_INTERNAL_SELECTOR_ERRORS_H_
#define EVENT_INTERNAL_SELECTOR_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"

namespace event_selector {
namespace internal {

// The errors of a selector's calls that are the same on every system, in the
// same words. `call` is the function that failed: "Add", "Modify", "Remove".

absl::Status AlreadyRegisteredError(absl::string_view call, Handle handle);
absl::Status NotRegisteredError(absl::string_view call, Handle handle);
absl::Status NotOpenError(absl::string_view call, Handle handle);

// For a handle that is open, but of a kind that the backend cannot watch;
// `kind` says which: "a regular file".
absl::Status NotPollableError(absl::string_view call, Handle handle,
                              absl::string_view kind);

// For the `Add` of a handle that is a part of the selector.
absl::Status OwnHandleError(Handle handle);

// For the `Modify` of a handle that was added with Mode::kExclusive, or that is
// to get it.
absl::Status ExclusiveModifyError(Handle handle);

// For a call in another thread than the owner of a selector that belongs to
// one.
absl::Status AnotherThreadError();

// After `Close`.
absl::Status ClosedError();

// In a child process, for a selector of the parent.
absl::Status ForkedError();

// For `Selector::descriptor` of a `backend` that has none.
absl::Status NoDescriptorError(absl::string_view backend);

// The status of a wait whose span of events is empty.
absl::Status NoRoomError();

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_SELECTOR_ERRORS_H_
