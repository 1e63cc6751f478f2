#include "backends/posix/selector_lifetime.h"

#include "absl/status/status.h"

namespace event {
namespace posix {

absl::Status SelectorLifetime::WhyUnusable() const {
  if (!IsInItsProcess()) {
    return absl::FailedPreconditionError(
        "this selector was made before a fork and belongs to the parent "
        "process: create one in the child");
  }
  return absl::CancelledError("the selector is closed");
}

absl::Status SelectorLifetime::WhyUnusableInSilence() const {
  return absl::Status(IsInItsProcess() ? absl::StatusCode::kCancelled
                                       : absl::StatusCode::kFailedPrecondition,
                      "");
}

}  // namespace posix
}  // namespace event
