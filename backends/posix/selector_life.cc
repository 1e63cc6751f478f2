#include "backends/posix/selector_life.h"

#include "absl/status/status.h"
#include "backends/selector_errors.h"

namespace event_selector {
namespace posix {

absl::Status SelectorLife::WhyOver() const {
  if (!IsInItsProcess()) {
    return absl::FailedPreconditionError(
        "this selector was made before a fork and belongs to the parent "
        "process: create one in the child");
  }
  return backends::ClosedError();
}

absl::Status SelectorLife::WhyOverInBrief() const {
  return absl::Status(IsInItsProcess() ? absl::StatusCode::kCancelled
                                       : absl::StatusCode::kFailedPrecondition,
                      "");
}

}  // namespace posix
}  // namespace event_selector
