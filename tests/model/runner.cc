#include "tests/model/runner.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/capabilities.h"
#include "event/selector.h"
#include "tests/model/play.h"
#include "tests/model/script.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {

Runner::Runner(Create create, absl::Duration patience)
    : create_(std::move(create)), watchdog_(patience) {}

std::unique_ptr<Selector> Runner::NewSelector() const {
  absl::StatusOr<std::unique_ptr<Selector>> selector = create_.make();
  if (!selector.ok()) {
    Die(absl::StrCat("no selector: ", selector.status().ToString()));
  }
  return *std::move(selector);
}

Capabilities Runner::capabilities() const {
  return NewSelector()->capabilities();
}

RunResult Runner::Run(const Script& script) {
  const std::unique_ptr<Selector> selector = NewSelector();
  Play play(*selector, watchdog_, create_.liberties);
  for (std::size_t step = 0; step < script.size(); ++step) {
    Verdict verdict = play.Do(script[step]);
    if (!verdict.has_value()) continue;
    RunResult result;
    result.counts = play.counts();
    result.difference = {
        step, absl::StrCat("step ", step, ", `", ToText(script[step]),
                           "`: ", *verdict)};
    return result;
  }
  return {std::nullopt, play.counts()};
}

}  // namespace testing
}  // namespace event_selector
