#ifndef TESTS_WAKER_MODEL_OTHER_STEPS_H_
#define TESTS_WAKER_MODEL_OTHER_STEPS_H_

#include "tests/waker_model/machine.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"

namespace event_selector {
namespace testing {
namespace waker_model {

// EventfdWaker::ShareToken.
void MoverSteps(const Machine& machine, const State& from, Visit visit);

// EpollSelector::Close with EventfdWaker::WakeForever.
void CloserSteps(const Machine& machine, const State& from, Visit visit);

// The world outside: users' handles, and others that write to the eventfd.
void WorldSteps(const State& from, Visit visit);

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_OTHER_STEPS_H_
