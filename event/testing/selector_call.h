#ifndef EVENT_TESTING_SELECTOR_CALL_H_
#define EVENT_TESTING_SELECTOR_CALL_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"

namespace event_selector {
namespace testing {

// A call that a simulated selector received, and what it returned. A value
// type.
struct SelectorCall {
  enum class Kind { kAdd, kModify, kRemove, kWait, kWake, kClose };
  static constexpr int kKinds = 6;

  Kind kind = Kind::kWait;
  absl::Duration time;  // The simulated time at which the call returned.
  // What the call returned. OK for Close, which returns nothing.
  absl::Status status;

  // ---- Set for Add, Modify and Remove

  Handle handle = kInvalidHandle;
  // ---- Set for Add and Modify
  Token token;
  Interest interest;
  Mode mode;

  // ---- Set for Wait

  // The size of the span.
  std::size_t room = 0;
  absl::Duration timeout;
  // The events that were returned.
  std::vector<Event> events;

  // Returns, for example, "[3ms] Add(100000000, token 7, readable, edge): OK"
  // or "[5ms] Wait(64, 10ms): OK, {token: 7, readable}".
  std::string ToString() const;
  friend std::ostream& operator<<(std::ostream& out, const SelectorCall& call) {
    return out << call.ToString();
  }
};

// Returns the name of the function, such as "Add".
absl::string_view NameOf(SelectorCall::Kind kind);

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SELECTOR_CALL_H_
