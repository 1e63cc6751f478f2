#ifndef TESTS_WAKER_MODEL_CLAIMS_H_
#define TESTS_WAKER_MODEL_CLAIMS_H_

#include "tests/waker_model/state.h"

namespace event_selector {
namespace testing {
namespace waker_model {

// For a state in which no step is possible, so that every thread has ended or
// is blocked for ever: the claim that is broken by that; null if none is. What
// a single step breaks, it says itself: Step::broken_claim.
const char* BrokenClaimAtRest(const State& state);

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_CLAIMS_H_
