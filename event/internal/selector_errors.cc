#include "event/internal/selector_errors.h"

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace internal {
absl::Status AlreadyRegisteredError(absl::string_view call, Handle handle) {
  return CallError(absl::StatusCode::kAlreadyExists, call, handle,
                   "it is registered already; Modify changes it");
}

absl::Status NotRegisteredError(absl::string_view call, Handle handle) {
  return CallError(absl::StatusCode::kNotFound, call, handle,
                   "it is not registered; Add registers it");
}

absl::Status NotOpenError(absl::string_view call, Handle handle) {
  return CallError(absl::StatusCode::kInvalidArgument, call, handle,
                   "it is not open");
}

absl::Status NotPollableError(absl::string_view call, Handle handle,
                              absl::string_view kind) {
  return CallError(absl::StatusCode::kUnimplemented, call, handle,
                   "not pollable: it is ", kind,
                   ", whose readiness cannot be watched here; use it without a "
                   "selector, in a thread of its own if it may block");
}

absl::Status OwnHandleError(Handle handle) {
  return CallError(absl::StatusCode::kInvalidArgument, "Add", handle,
                   "it is a part of this selector");
}

absl::Status ExclusiveModifyError(Handle handle) {
  return CallError(
      absl::StatusCode::kInvalidArgument, "Modify", handle,
      "a registration with Mode::kExclusive cannot be modified: remove "
      "the handle and add it again");
}

absl::Status AnotherThreadError() {
  return DescribedError(
      absl::StatusCode::kFailedPrecondition,
      "the selector was made with SelectorOptions::single_waiter and belongs "
      "to the thread that waits on it: call from there (Wake makes it return), "
      "or make the selector without the option");
}

absl::Status ClosedError() {
  return DescribedError(absl::StatusCode::kCancelled, "the selector is closed");
}

absl::Status ForkedError() {
  return DescribedError(
      absl::StatusCode::kFailedPrecondition,
      "this selector was made before a fork and belongs to the parent "
      "process: create one in the child");
}

absl::Status NoDescriptorError(absl::string_view backend) {
  return DescribedError(absl::StatusCode::kUnimplemented, "the ", backend,
                        " backend has no descriptor to watch a selector by");
}

absl::Status NoRoomError() {
  return DescribedError(
      absl::StatusCode::kInvalidArgument,
      "Wait needs room for at least one event, and the span is empty");
}

}  // namespace internal
}  // namespace event_selector
