#ifndef TESTS_MODEL_RUNNER_H_
#define TESTS_MODEL_RUNNER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/capabilities.h"
#include "event/selector.h"
#include "tests/contract/backends.h"
#include "tests/model/liberties.h"
#include "tests/model/play.h"
#include "tests/model/script.h"
#include "tests/model/watchdog.h"

namespace event_selector {
namespace testing {

// What a selector did otherwise than the model.
struct Difference {
  std::size_t step = 0;  // The operation's place in the script, from 0 on.
  std::string message;   // In full: the step, the operation, what is wrong.
};

struct RunResult {
  std::optional<Difference> difference;  // The first; the run ends there.
  Counts counts;
};

// Plays scripts, each with a fresh selector, a fresh model and real handles.
// The slots' numbers belong to the process: use one runner at a time.
class Runner {
 public:
  // What makes the selectors, and what these may do besides the contract.
  struct Create {
    std::function<absl::StatusOr<std::unique_ptr<Selector>>()> make;
    Liberties liberties;
  };

  // Aborts where `create.make` fails. A Wait that must return but does not
  // within `patience` is a difference.
  Runner(Create create, absl::Duration patience);

  RunResult Run(const Script& script);

  // What the selectors of this runner can do.
  Capabilities capabilities() const;

 private:
  std::unique_ptr<Selector> NewSelector() const;

  Create create_;
  Watchdog watchdog_;
};

// For the selectors of `backend`.
inline Runner::Create CreateOf(const Backend& backend) {
  return {backend.create, LibertiesOf(backend)};
}

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_RUNNER_H_
