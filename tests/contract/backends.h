#ifndef TESTS_CONTRACT_BACKENDS_H_
#define TESTS_CONTRACT_BACKENDS_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "event/selector.h"

namespace event_selector {
namespace testing {

// A backend that the contract is proved on.
struct Backend {
  std::string name;
  absl::StatusOr<std::unique_ptr<Selector>> (*create)();
  // Made with SelectorOptions::single_waiter: keeps the contract but for W6 and
  // R9, which it refuses.
  bool single_waiter = false;
  // Keeps a table of its registrations, so that `Add` may allocate.
  bool keeps_table = false;
  // The system has an event of its own for each direction of a handle (kqueue):
  // see docs/portability.md for what of that is seen.
  bool splits_events = false;
  // Where the system that the backend is for is played by another one: how many
  // calls of it the calling thread has made so far. Else null.
  int (*played_system_calls)() = nullptr;
  // The kernel keeps no registrations: only the table does, by the handles'
  // numbers, and `Wait` takes it to the system each time. What users see of it:
  // docs/portability.md.
  bool keeps_numbers = false;
  // Its registrations are partly in a ring of io_uring(7): see
  // docs/contract.md.
  bool is_io_uring = false;
  // Another backend under an `InstrumentedSelector`, which reads the clock
  // twice in each `Wait`.
  bool is_instrumented = false;
};

inline std::ostream& operator<<(std::ostream& out, const Backend& backend) {
  return out << backend.name;
}

// Every backend that works on the system this was built for; the one place that
// lists them. The first is the one that `Selector::Create` uses.
std::vector<Backend> AllBackendsUnderTest();

// Those of them that take every call from any thread, each once: without those
// that are another one under a decorator.
std::vector<Backend> BackendsUnderTest();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_CONTRACT_BACKENDS_H_
