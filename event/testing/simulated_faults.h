#ifndef EVENT_TESTING_SIMULATED_FAULTS_H_
#define EVENT_TESTING_SIMULATED_FAULTS_H_

#include "absl/time/time.h"

namespace event_selector {
namespace testing {

// What a simulated selector does to the code above it: each a probability, from
// 0, which is never, to 1, which is each time. By default none, and the
// selector keeps the contract to the letter.
//
// With each, no event is lost; a loop that does its work by what it reads and
// writes, and not by how often and in which order it is told to, gets the same
// done with all of them. Below 1, a loop also gets its work done in time; with
// 1, such a loop may turn for ever.
struct SimulatedFaults {
  // A `Wait` that returns nothing before its time, without a `Wake`: with a
  // finite timeout after a part of it, with an infinite one at once. As an
  // interrupted system call (EINTR) that nobody repeats, or a `Wake` that was
  // meant for the one before. The contract forbids it (W3) where nobody calls
  // `Wake`.
  double empty_wait = 0;

  // For each registration that is armed and not ready, each time that a `Wait`
  // looks: an event with a part of its interest. The read that follows would
  // block. (An event is spent by it if it is oneshot.) The contract allows it
  // to edge-triggered ones (M2); in the other modes, another reader that was
  // faster makes the same. Hang-up and error are never reported falsely.
  double spurious_event = 0;

  // A `Wait` that returns only a part of what is ready, at least one event; the
  // others come with the next. Small spans and SelectorOptions::single_waiter
  // do the same.
  double short_batch = 0;

  // A `Wait` that reports what is ready in any order, and that forgets whose
  // turn it is where there is no room for all. The contract has no order of
  // events, but turns (W5).
  double reordered = 0;

  // A change to ready, for one registration, that is noticed up to
  // `max_lateness` after it happened; also by a `Wait` that would find it at
  // once otherwise. As everything that comes over a network.
  double late_event = 0;
  absl::Duration max_lateness = absl::Milliseconds(10);
};

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SIMULATED_FAULTS_H_
