#include "tests/waker_model/state.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/waker_model/kernel.h"
#include "tests/waker_model/machine.h"

namespace event_selector {
namespace testing {
namespace waker_model {

State InitialState(const Machine& machine) {
  State state;
  for (Waker& waker : state.wakers) {
    waker.calls_left = static_cast<std::uint8_t>(machine.calls);
  }
  state.kernel.limit = static_cast<std::uint8_t>(machine.counter_limit);
  if (machine.defect == Defect::kLevelTriggered) state.kernel.level = kEventfd;
  if (machine.is_moved) state.mover = MoverAt::kCall;
  if (machine.is_closed) state.closer = CloserAt::kMark;
  state.user_events_left = static_cast<std::uint8_t>(machine.user_events);
  state.spurious_writes_left =
      static_cast<std::uint8_t>(machine.spurious_writes);
  return state;
}

std::string ToString(const State& state) {
  return absl::StrCat(
      "pending_ ", state.pending.value != 0 ? "true" : "false", ", counter ",
      state.kernel.counter, ", in the ready list:",
      (state.kernel.queued & kEventfd) != 0 ? " eventfd" : "",
      (state.kernel.queued & kNested) != 0 ? " nested" : "",
      (state.kernel.queued & kUser) != 0 ? " user" : "",
      state.kernel.queued == 0 ? " nothing" : "", "; owed ",
      absl::Hex(state.owed), ", seen ", absl::Hex(state.seen & kAllData));
}

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
