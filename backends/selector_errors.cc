#include "backends/selector_errors.h"

#include "absl/status/status.h"

namespace event {
namespace backends {

absl::Status ClosedError() {
  return absl::CancelledError("the selector is closed");
}

absl::Status NoRoomError() {
  return absl::InvalidArgumentError(
      "Wait needs room for at least one event, and the span is empty");
}

absl::Status AnotherThreadError() {
  return absl::FailedPreconditionError(
      "the selector was made with SelectorOptions::single_waiter and belongs "
      "to the thread that waits on it: call from there (Wake makes it return), "
      "or make the selector without the option");
}

}  // namespace backends
}  // namespace event
