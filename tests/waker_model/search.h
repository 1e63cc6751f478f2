#ifndef TESTS_WAKER_MODEL_SEARCH_H_
#define TESTS_WAKER_MODEL_SEARCH_H_

#include <cstddef>
#include <string>

#include "tests/waker_model/machine.h"

namespace event_selector {
namespace testing {
namespace waker_model {

struct Verdict {
  std::size_t states = 0;
  std::size_t steps = 0;
  // The claim that an interleaving breaks, empty where none does, and then a
  // shortest way to it, a line for each step.
  std::string broken_claim;
  std::string counterexample;
};

// Visits every state that any interleaving of the machine's threads can reach,
// in order of their distance from the first, and finds out whether
//   - a step breaks a claim;
//   - a state without a next step does: BrokenClaimAtRest;
//   - there is a state from which no state without a next step can be reached,
//     so that some thread runs for ever for nothing.
// Holds all states in memory: some 100 bytes for each.
Verdict Search(const Machine& machine);

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_SEARCH_H_
