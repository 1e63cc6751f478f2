#ifndef TESTS_MODEL_ALLOWANCES_H_
#define TESTS_MODEL_ALLOWANCES_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace event {
namespace testing {

// What the contract leaves to the system behind a selector, as far as the model
// has to know.
struct Allowances {
  // How many events of its own the system may have for one registration, each
  // of which takes a place in the span while it is fetched. Where that is more
  // than one and the span may be too small for all, a registration's readiness
  // may come in parts (W1), and some of the room stay empty.
  std::size_t places = 1;
  // Whether the places may run out before `room` for events does.
  bool MayBeTight(std::size_t room, std::size_t registrations) const {
    return places > 1 && room <= places * registrations;
  }
  // The system tells the end of each direction instead of hang-up and error:
  // see World::AsEnds.
  bool tells_ends = false;
  // To find out that a handle is registered, the system has to be asked in a
  // way that arms an edge again: an `Add` that fails may be followed by an
  // extra event (M2).
  bool arms_to_ask = false;
};

// Those of the selector called `name`.
inline Allowances AllowancesOf(absl::string_view name) {
  Allowances allowances;
  if (name == "kqueue") {
    allowances.places = 3;  // EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT.
    allowances.tells_ends = true;
    allowances.arms_to_ask = true;
  }
  return allowances;
}

}  // namespace testing
}  // namespace event

#endif  // TESTS_MODEL_ALLOWANCES_H_
