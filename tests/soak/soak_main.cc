// Mixed load for an hour, to find what only time brings: lost events, leaks.
//
//   bazel run -c opt //tests/soak -- --duration=10m --report_every=30s
//   bazel test -c opt --test_timeout=4000 --test_output=streamed //tests/soak
//
// Prints a line of figures a minute. Ends with 1 and a line for each finding
// where something was lost, came twice, stood still or grew.

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/time.h"
#include "tests/soak/all_loads.h"
#include "tests/soak/report.h"
#include "tests/soak/setting.h"
#include "tests/soak/soak_run.h"

// Strings, since a flag of type absl::Duration needs an atomic fence, for which
// GCC's ThreadSanitizer has nothing but a warning.
ABSL_FLAG(std::string, duration, "1h", "how long to run");
ABSL_FLAG(std::string, report_every, "1m", "how long between two lines");
ABSL_FLAG(std::string, patience, "120s",
          "how long to wait for what must come before it counts as lost");

namespace {

absl::Duration ParseOrExit(const std::string& text) {
  absl::Duration duration;
  if (absl::ParseDuration(text, &duration) && duration > absl::ZeroDuration()) {
    return duration;
  }
  std::cerr << "not a duration, such as 90s or 1h: " << text << "\n";
  std::exit(EXIT_FAILURE);
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("A soak test of event_selector::Selector.");
  absl::ParseCommandLine(argc, argv);
  if (event_selector::soak::FirstBackend() == nullptr) {
    std::cout << "This build has no backend to test.\n";
    return EXIT_SUCCESS;
  }
  event_selector::soak::SoakOptions options;
  options.duration = ParseOrExit(absl::GetFlag(FLAGS_duration));
  options.report_every = ParseOrExit(absl::GetFlag(FLAGS_report_every));
  options.patience = ParseOrExit(absl::GetFlag(FLAGS_patience));
  event_selector::soak::Soak soak(options, std::cout);
  event_selector::soak::AddAllLoads(soak);
  const std::vector<std::string> findings = soak.Run();
  event_selector::soak::PrintTotals(std::cout, soak.counters());
  if (findings.empty()) {
    std::cout << "PASSED: nothing lost, nothing double, nothing grown\n";
    return EXIT_SUCCESS;
  }
  std::cout << "FAILED: " << findings.size() << " findings\n";
  for (const std::string& finding : findings) std::cout << finding << "\n";
  return EXIT_FAILURE;
}
