#ifndef TESTS_FAULTS_WORKOUT_H_
#define TESTS_FAULTS_WORKOUT_H_

#include <string>

#include "event/selector.h"

namespace event_selector {
namespace testing {

// Whether a selector is still good for everything: adds a handle, gets an event
// of it, modifies it, gets the other event, waits a timeout out, is woken up
// and removes the handle. Returns what did not go as promised; "" if all did.
// (No expectation of GoogleTest's: it also runs in forked children.)
//
// Nothing else may be ready in `selector`, and no other thread may wait on it.
// Leaves no registration behind, and no wake-up pending.
std::string Workout(Selector& selector);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_FAULTS_WORKOUT_H_
