#ifndef TESTS_WAKER_MODEL_STEP_H_
#define TESTS_WAKER_MODEL_STEP_H_

#include "absl/functional/function_ref.h"
#include "tests/waker_model/state.h"

namespace event_selector {
namespace testing {
namespace waker_model {

// What a thread did. Both strings are literals.
struct Step {
  const char* thread = "";
  const char* action = "";
  // The claim that the step breaks; null where it breaks none.
  const char* broken_claim = nullptr;
};

// Takes a step that is possible in a state, and the state that follows.
using Visit = absl::FunctionRef<void(const Step&, const State&)>;

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_STEP_H_
