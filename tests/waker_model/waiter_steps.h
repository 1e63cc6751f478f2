#ifndef TESTS_WAKER_MODEL_WAITER_STEPS_H_
#define TESTS_WAKER_MODEL_WAITER_STEPS_H_

#include <cstddef>

#include "tests/waker_model/machine.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"

namespace event_selector {
namespace testing {
namespace waker_model {

// The steps of the waiter `number`: EpollSelector::Wait with an infinite
// timeout, again and again until the selector is closed.
void WaiterSteps(const Machine& machine, const State& from, std::size_t number,
                 Visit visit);

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_WAITER_STEPS_H_
