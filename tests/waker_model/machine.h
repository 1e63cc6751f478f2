#ifndef TESTS_WAKER_MODEL_MACHINE_H_
#define TESTS_WAKER_MODEL_MACHINE_H_

#include <cstdint>

#include "tests/waker_model/memory.h"

// What a model is made of: its threads, what may happen to them, and what is
// wrong with it on purpose.
namespace event_selector {
namespace testing {
namespace waker_model {

// A defect to build into the machine, to see the search find it.
enum class Defect : std::uint8_t {
  kNone,
  kAcknowledgeBeforeWait,          // and believe every event
  kAcknowledgeBeforeTheLastPlace,  // is filled, not after
  kIgnoreNoEvent,                  // return for one that nobody asked for, too
  kKeepPendingWhereWriteFails,
  kSkipWriteWhereNobodyWaits,
  kLoadAndStoreInWake,         // instead of an exchange
  kLoadAndStoreInAcknowledge,  // instead of an exchange
  kLevelTriggered,
  kDropEventsOnWake,   // return empty where a wake-up came with events
  kMoveClearsCounter,  // and so the wake-ups in it
  kMoveDropsTheEdge,   // and does not ask whether it was a wake-up's
  kMoveWithoutNestedQueue,
  kMoveAfterClose,  // and so leave the level-triggered registration behind
  kCloseByWake,     // one wake-up for all waiters
};

// The threads and what may happen to them.
struct Machine {
  int calls = 1;                 // of `Wake` in each of the two wakers: 1 or 2.
  int room = 2;                  // for events in each `Wait`.
  int user_events = 0;           // How often a user's handle becomes ready.
  int spurious_writes = 0;       // Others write to the eventfd that often.
  int counter_limit = 0;         // Writes above it get EAGAIN; 0: none do.
  bool writes_may_fail = false;  // with an error, in `Wake`.
  bool is_moved = false;         // A thread calls ShareToken.
  bool is_closed = false;        // A thread calls Close.

  // The memory orders of the exchanges in `Wake` and in `Acknowledge`.
  Order wake = Order::kAcqRel;
  Order acknowledge = Order::kAcqRel;
  Defect defect = Defect::kNone;

  // Whether the claim leaves out the calls of `Wake` that relied on the write
  // of one that then failed.
  bool is_joining_excused = false;
};

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_MACHINE_H_
