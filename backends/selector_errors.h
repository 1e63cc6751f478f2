#ifndef BACKENDS_SELECTOR_ERRORS_H_
#define BACKENDS_SELECTOR_ERRORS_H_

#include "absl/status/status.h"

namespace event {
namespace backends {

// The errors of a selector's calls that are the same on every system.

// After `Close`: kCancelled.
absl::Status ClosedError();

// `Wait` with an empty span: kInvalidArgument.
absl::Status NoRoomError();

// A call in another thread than the owner of a selector that was made with
// SelectorOptions::single_waiter: kFailedPrecondition.
absl::Status AnotherThreadError();

}  // namespace backends
}  // namespace event

#endif  // BACKENDS_SELECTOR_ERRORS_H_
