#include "tests/waker_model/model.h"

#include <cstddef>

#include "tests/waker_model/machine.h"
#include "tests/waker_model/other_steps.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"
#include "tests/waker_model/waiter_steps.h"
#include "tests/waker_model/waker_steps.h"

namespace event_selector {
namespace testing {
namespace waker_model {

void ForEachStep(const Machine& machine, const State& state, Visit visit) {
  for (std::size_t i = 0; i < state.wakers.size(); ++i) {
    WakerSteps(machine, state, i, visit);
  }
  for (std::size_t i = 0; i < state.waiters.size(); ++i) {
    WaiterSteps(machine, state, i, visit);
  }
  MoverSteps(machine, state, visit);
  CloserSteps(machine, state, visit);
  WorldSteps(state, visit);
}

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
