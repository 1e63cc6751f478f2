#ifndef EVENT_EVENT_H_
#define EVENT_EVENT_H_

#include <ostream>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "event/readiness.h"
#include "event/token.h"

namespace event_selector {

// A registration that is ready, as `Selector::Wait` reports it.
//
// An event takes 16 bytes with an alignment of 8 on every system, and is
// trivially copyable. So a backend can let the kernel write into an array of
// events.
struct alignas(8) Event {
  // The registration's token, as given to `Selector::Add` or `Modify`.
  Token token;
  // What the registered handle is ready for.
  Readiness readiness;

  friend constexpr bool operator==(const Event& a, const Event& b) {
    return a.token == b.token && a.readiness == b.readiness;
  }
  friend constexpr bool operator!=(const Event& a, const Event& b) {
    return !(a == b);
  }

  template <typename H>
  friend H AbslHashValue(H hash, const Event& event) {
    return H::combine(std::move(hash), event.token, event.readiness);
  }

  // Prints "{token: 7, readable|read_closed}".
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const Event& event) {
    sink.Append(absl::StrCat("{token: ", event.token.value(), ", ",
                             event.readiness.ToString(), "}"));
  }
  friend std::ostream& operator<<(std::ostream& out, const Event& event) {
    return out << "{token: " << event.token << ", " << event.readiness << "}";
  }
};

static_assert(sizeof(Event) == 16, "part of the interface");
static_assert(std::is_trivially_copyable<Event>::value,
              "events are copied as memory");

}  // namespace event_selector

#endif  // EVENT_EVENT_H_
