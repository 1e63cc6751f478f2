// Plays random scripts against a selector and the model of its contract:
//
//   bazel run -c opt //tests/model -- --steps=10000000
//   bazel run -c opt //tests/model -- --duration=1m
//   bazel run -c opt //tests/model -- --script=$PWD/tests/model/scripts/....txt
//
// On a difference it prints the seed and a short script that shows it, and
// exits with 1. `--seed` of that seed plays the long script again.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/contract/backends.h"
#include "tests/contract/stopwatch.h"
#include "tests/model/campaign.h"
#include "tests/model/script.h"

ABSL_FLAG(std::uint64_t, steps, 0,
          "how many operations to play; 0: no end, or 10,000,000 if there is "
          "no --duration either");
ABSL_FLAG(absl::Duration, duration, absl::InfiniteDuration(),
          "how long to play");
ABSL_FLAG(std::uint64_t, seed, 0, "of the first script; 0: by the clock");
ABSL_FLAG(std::uint64_t, script_length, 5000, "operations in each script");
ABSL_FLAG(std::string, backend, "",
          "one of the backends under test; empty: each of them");
ABSL_FLAG(std::string, script, "", "a file to play instead");
ABSL_FLAG(absl::Duration, patience, absl::Seconds(60),
          "how long a Wait that must return may take");

namespace event_selector {
namespace testing {
namespace {

CampaignOptions OptionsFromFlags() {
  CampaignOptions options;
  options.seed = absl::GetFlag(FLAGS_seed);
  if (options.seed == 0) {
    options.seed = static_cast<std::uint64_t>(
        std::chrono::system_clock::now().time_since_epoch().count());
  }
  options.duration = absl::GetFlag(FLAGS_duration);
  options.steps = absl::GetFlag(FLAGS_steps);
  if (options.steps == 0) {
    options.steps = options.duration == absl::InfiniteDuration()
                        ? 10 * 1000 * 1000
                        : std::numeric_limits<std::uint64_t>::max();
  }
  options.script_length = absl::GetFlag(FLAGS_script_length);
  options.patience = absl::GetFlag(FLAGS_patience);
  return options;
}

bool ReportFailure(const std::optional<Failure>& failure) {
  if (failure.has_value()) std::cout << failure->ToString() << std::flush;
  return !failure.has_value();
}

bool Play(const Backend& backend) {
  const CampaignOptions options = OptionsFromFlags();
  std::cout << backend.name << ": from seed " << options.seed << std::endl;
  const Stopwatch stopwatch;
  const CampaignResult result = RunCampaign(CreateOf(backend), options);
  const double seconds = absl::ToDoubleSeconds(stopwatch.Elapsed());
  std::cout << backend.name << ": " << result.steps << " steps in "
            << absl::StrCat(seconds) << " s ("
            << static_cast<std::uint64_t>(static_cast<double>(result.steps) /
                                          seconds)
            << "/s): " << result.counts.waits << " waits, "
            << result.counts.events << " events, " << result.counts.skipped
            << " steps made no sense; "
            << (result.failure.has_value() ? "a difference" : "no difference")
            << std::endl;
  return ReportFailure(result.failure);
}

bool PlayFile(const Backend& backend, const std::string& name) {
  std::ifstream file(name);
  if (!file) {
    std::cerr << name << ": cannot be read\n";
    return false;
  }
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const absl::StatusOr<Script> script = ParseScript(text);
  if (!script.ok()) {
    std::cerr << name << ": " << script.status() << "\n";
    return false;
  }
  return ReportFailure(
      FindAndShrink(CreateOf(backend), *script, absl::GetFlag(FLAGS_patience)));
}

int Main() {
  const std::string only = absl::GetFlag(FLAGS_backend);
  const std::string file = absl::GetFlag(FLAGS_script);
  bool was_played = false;
  bool is_right = true;
  for (const Backend& backend : AllBackendsUnderTest()) {
    if (!only.empty() && backend.name != only) continue;
    was_played = true;
    is_right &= file.empty() ? Play(backend) : PlayFile(backend, file);
  }
  if (!was_played) std::cerr << "no such backend in this build\n";
  return is_right && was_played ? 0 : 1;
}

}  // namespace
}  // namespace testing
}  // namespace event_selector

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Plays random scripts against a selector and a model of its contract.");
  absl::ParseCommandLine(argc, argv);
  return event_selector::testing::Main();
}
