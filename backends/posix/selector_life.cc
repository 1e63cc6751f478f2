#include "backends/posix/selector_life.h"

#include "absl/status/status.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace posix {

absl::Status SelectorLife::WhyOver() const {
  return IsInItsProcess() ? internal::ClosedError() : internal::ForkedError();
}

absl::Status SelectorLife::WhyOverInBrief() const {
  return absl::Status(IsInItsProcess() ? absl::StatusCode::kCancelled
                                       : absl::StatusCode::kFailedPrecondition,
                      "");
}

}  // namespace posix
}  // namespace event_selector
