#ifndef TESTS_MODEL_LIBERTIES_H_
#define TESTS_MODEL_LIBERTIES_H_

#include <cstddef>

#include "tests/contract/backends.h"

namespace event_selector {
namespace testing {

// What a backend may do besides what the contract says of all of them:
// docs/portability.md and docs/contract.md tell users the same. By default the
// contract to the letter.
struct Liberties {
  // The registrations are the selector's own, by the handles' numbers.
  // - One whose handle was closed without `Remove` may go on under the number,
  //   reporting whatever that names next, and must not report anything.
  //   `Modify` and `Remove` take it for no registration, `Add` for none
  //   either, unless the two objects look the same to the system.
  // - A parked one reports once, then nothing until `Modify`.
  bool keeps_numbers = false;
  // Every handle is to be removed before it is closed, as
  // SelectorOptions::single_waiter asks for.
  bool needs_remove = false;
  // An event of a oneshot registration that is disarmed may take a place in the
  // span and is not reported: what it pushed out comes with the next Wait.
  bool wastes_places = false;
  // An edge or oneshot registration is told by what woke it, also where that
  // has ended before the Wait: a handle that the program has read from without
  // being told so. A oneshot one does not hear of an end that comes after that.
  bool may_be_stale = false;
  // The registrations are in two queues of the system, each of which is fair,
  // and which take turns: nobody waits for ever (W5).
  bool has_two_queues = false;
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

inline Liberties LibertiesOf(const Backend& backend) {
  Liberties liberties;
  liberties.keeps_numbers = backend.keeps_numbers;
  liberties.needs_remove = backend.single_waiter;
  // Who tells the kernel less has it say more.
  liberties.wastes_places =
      backend.single_waiter && !backend.keeps_numbers && !backend.splits_events;
  liberties.may_be_stale = backend.is_io_uring;
  liberties.has_two_queues = backend.is_io_uring;
  if (backend.splits_events) {  // kqueue
    liberties.places = 3;       // EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT.
    liberties.tells_ends = true;
    liberties.arms_to_ask = true;
  }
  return liberties;
}

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_LIBERTIES_H_
