#ifndef EVENT_TESTING_SIMULATED_FAULTS_H_
#define EVENT_TESTING_SIMULATED_FAULTS_H_

#include "absl/time/time.h"
#include "event/internal/cxx17.h"

namespace event_selector {
namespace testing {

// What a simulated selector does to the code above it. Each fault is a
// probability from 0 (never) to 1 (each time). By default there are none, and
// the selector keeps the contract to the letter.
//
// No fault loses an event. A loop that goes by what it reads and writes, and
// not by how often and in which order it is told to, gets the same work done
// with all of them. With probabilities below 1, such a loop also gets its work
// done in time. With 1, it may run for ever: what a fault makes up does not
// count for SimulatedSelectorOptions::most_waits_at_one_time.
struct SimulatedFaults {
  // A `Wait` returns nothing before its time, without a `Wake`. With a finite
  // timeout it returns after a part of it, with an infinite one at once. This
  // looks like an interrupted system call (EINTR) that nobody repeats, or a
  // `Wake` that was meant for the `Wait` before. The contract forbids it (W3)
  // if nobody calls `Wake`.
  double empty_wait = 0;

  // Whenever a `Wait` looks, each registration that is armed and not ready
  // gets, with this probability, an event with a part of its interest. The read
  // that follows would block. (The event spends a oneshot registration.) The
  // contract allows this for edge-triggered registrations (M2). In the other
  // modes, another reader that was faster has the same effect. Hang-up and
  // error are never reported falsely.
  double spurious_event = 0;

  // A `Wait` returns only a part of what is ready, but at least one event. The
  // others come with the next one. Small spans and
  // SelectorOptions::single_waiter have the same effect.
  double short_batch = 0;

  // A `Wait` reports what is ready in any order. It also forgets whose turn it
  // is if there is no room for all. The contract promises no order of events,
  // but it does promise turns (W5).
  double reordered = 0;

  // A change to ready is noticed late, separately for each registration: up to
  // `max_lateness` after it happened. Even a `Wait` that would otherwise find
  // it at once does not find it earlier. Everything that comes over a network
  // behaves like this.
  double late_event = 0;
  absl::Duration max_lateness = absl::Milliseconds(10);
};

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SIMULATED_FAULTS_H_
