#include "tests/model/campaign.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/capabilities.h"
#include "tests/contract/stopwatch.h"
#include "tests/model/generator.h"
#include "tests/model/runner.h"
#include "tests/model/script.h"
#include "tests/model/shrinker.h"

namespace event_selector {
namespace testing {
namespace {

// `failing`, which ended with `difference`, as short as can be.
Failure ShrinkFailure(const Runner::Create& create, Script failing,
                      Difference difference, absl::Duration patience) {
  // A Wait that never returns would take all the patience each time.
  const absl::Duration hasty = std::min(patience, absl::Milliseconds(200));
  failing.resize(std::min(failing.size(), difference.step + 1));
  Script shrunk;
  {
    Runner runner(create, hasty);
    shrunk = Shrink(failing, [&](const Script& script) {
      const RunResult result = runner.Run(script);
      return result.difference.has_value()
                 ? std::optional<std::size_t>(result.difference->step)
                 : std::nullopt;
    });
  }
  // A busy machine may have been too slow for such haste.
  const RunResult last = Runner(create, patience).Run(shrunk);
  if (!last.difference.has_value()) {
    return {0, std::move(failing), difference.message};
  }
  return {0, std::move(shrunk), last.difference->message};
}

}  // namespace

std::string Failure::ToString() const {
  // Who looks at the end of a log sees what is wrong.
  return absl::StrCat(ToText(script), "# seed ", seed, ", shrunk to ",
                      script.size(), " operations\n# ", message, "\n");
}

std::optional<Failure> FindAndShrink(const Runner::Create& create,
                                     const Script& script,
                                     absl::Duration patience) {
  RunResult result = Runner(create, patience).Run(script);
  if (!result.difference.has_value()) return std::nullopt;
  return ShrinkFailure(create, script, *std::move(result.difference), patience);
}

CampaignResult RunCampaign(const Runner::Create& create,
                           const CampaignOptions& options) {
  CampaignResult total;
  const Stopwatch stopwatch;
  std::optional<Runner> runner(std::in_place, create, options.patience);
  const Capabilities capabilities = runner->capabilities();
  for (std::uint64_t seed = options.seed;
       total.steps < options.steps && stopwatch.Elapsed() < options.duration;
       ++seed) {
    const Script script =
        RandomScript(seed, options.script_length, capabilities);
    RunResult result = runner->Run(script);
    total.counts.waits += result.counts.waits;
    total.counts.events += result.counts.events;
    total.counts.skipped += result.counts.skipped;
    if (result.difference.has_value()) {
      total.steps += result.difference->step + 1;
      runner.reset();
      total.failure = ShrinkFailure(
          create, script, *std::move(result.difference), options.patience);
      total.failure->seed = seed;
      return total;
    }
    total.steps += script.size();
  }
  return total;
}

}  // namespace testing
}  // namespace event_selector
