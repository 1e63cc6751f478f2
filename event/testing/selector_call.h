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

// A call that a simulated selector got, with what it returned. A value type.
struct SelectorCall {
  enum class Kind { kAdd, kModify, kRemove, kWait, kWake, kClose };
  static constexpr int kKinds = 6;

  Kind kind = Kind::kWait;
  absl::Duration time;  // Of the simulation, when it returned.
  // Close has none: OK.
  absl::Status status;

  // ---- Of Add, Modify, Remove

  Handle handle = kInvalidHandle;
  // ---- Of Add, Modify
  Token token;
  Interest interest;
  Mode mode;

  // ---- Of Wait

  std::size_t room = 0;
  absl::Duration timeout;
  std::vector<Event> events;

  // "[3ms] Add(100000000, token 7, readable, edge): OK",
  // "[5ms] Wait(64, 10ms): OK, {token: 7, readable}".
  std::string ToString() const;
  friend std::ostream& operator<<(std::ostream& out, const SelectorCall& call) {
    return out << call.ToString();
  }
};

// "Add".
absl::string_view NameOf(SelectorCall::Kind kind);

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SELECTOR_CALL_H_
