#include "tests/waker_model/claims.h"

#include "tests/waker_model/state.h"

namespace event_selector {
namespace testing {
namespace waker_model {

const char* BrokenClaimAtRest(const State& state) {
  if (state.is_closed != 0) {
    for (const Waiter& waiter : state.waiters) {
      if (waiter.at != WaiterAt::kEnded) {
        return "K5: the selector is closed, and a Wait never returns";
      }
    }
    return nullptr;
  }
  if ((state.owed & ~state.seen) != 0) {
    return "K1: no Wait returns any more that sees what was written before a "
           "Wake";
  }
  if (state.user_event_is_owed != 0) return "K3: a user's event is lost";
  return nullptr;
}

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
