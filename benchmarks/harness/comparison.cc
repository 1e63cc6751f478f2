#include "benchmarks/harness/comparison.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/time.h"
#include "benchmarks/build_mode.h"
#include "benchmarks/driver.h"
#include "benchmarks/harness/case_name.h"
#include "benchmarks/harness/json_line.h"
#include "benchmarks/harness/machine.h"
#include "benchmarks/harness/runner.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/all_cases.h"

ABSL_FLAG(std::vector<std::string>, workload, {"all"},
          "workloads or single cases, separated by commas; all");
ABSL_FLAG(std::vector<std::string>, contestants, {"all"},
          "contestants, separated by commas; all");
ABSL_FLAG(int, pairs, benchmarks::RunnerOptions().pairs,
          "rounds, in each of which every contestant gives a sample");
ABSL_FLAG(std::string, min_time, "20ms",
          "how much CPU time a sample takes, roughly");
ABSL_FLAG(std::uint32_t, seed, benchmarks::RunnerOptions().seed,
          "of the order of the contestants within each round");
ABSL_FLAG(std::int64_t, count_only, 0,
          "if above 0: do as many operations, once, and read no clock");
ABSL_FLAG(bool, list, false, "print the cases and the contestants, and end");

namespace benchmarks {
namespace {

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<Case> ChosenCases(const std::vector<std::string>& names) {
  std::vector<Case> chosen;
  for (Case& each : AllCases()) {
    if (Holds(names, "all") || Holds(names, each.workload) ||
        Holds(names, CaseName(each))) {
      chosen.push_back(std::move(each));
    }
  }
  return chosen;
}

std::vector<Contestant> ChosenContestants(
    const std::vector<Contestant>& contestants,
    const std::vector<std::string>& names) {
  std::vector<Contestant> chosen;
  for (const Contestant& contestant : contestants) {
    if (Holds(names, "all") || Holds(names, contestant.name)) {
      chosen.push_back(contestant);
    }
  }
  return chosen;
}

// Names that are nobody's, so that a typing error is no empty result.
bool AllAreKnown(const std::vector<Contestant>& contestants) {
  std::vector<std::string> known = {"all"};
  for (const Case& each : AllCases()) {
    known.push_back(each.workload);
    known.push_back(CaseName(each));
  }
  for (const Contestant& contestant : contestants) {
    known.push_back(contestant.name);
  }
  std::vector<std::string> given = absl::GetFlag(FLAGS_workload);
  for (const std::string& name : absl::GetFlag(FLAGS_contestants)) {
    given.push_back(name);
  }
  for (const std::string& name : given) {
    if (Holds(known, name)) continue;
    std::cerr << "unknown: " << name << "; see --list\n";
    return false;
  }
  return true;
}

void List(const std::vector<Contestant>& contestants) {
  for (const Case& each : AllCases()) {
    std::cout << "case " << CaseName(each) << "\n";
  }
  for (const Contestant& contestant : contestants) {
    std::cout << "contestant " << contestant.name << "\n";
  }
}

}  // namespace

int ComparisonMain(int argc, char** argv,
                   const std::vector<Contestant>& contestants,
                   const std::vector<LibraryVersion>& libraries) {
  absl::SetProgramUsageMessage(
      "Compares event_selector::Selector with raw calls and other libraries.");
  if (absl::ParseCommandLine(argc, argv).size() > 1) {
    std::cerr << "only flags are taken; see --help\n";
    return 1;
  }
  if (!AllAreKnown(contestants)) return 1;
  if (absl::GetFlag(FLAGS_list)) {
    List(contestants);
    return 0;
  }
  WarnOfSlowBuild();
  RunnerOptions options;
  // Not a flag of type absl::Duration: with it, GCC warns of a fence in Abseil
  // under the thread sanitizer.
  if (!absl::ParseDuration(absl::GetFlag(FLAGS_min_time), &options.min_time)) {
    std::cerr << "--min_time: not a duration, such as 20ms\n";
    return 1;
  }
  options.pairs = absl::GetFlag(FLAGS_pairs);
  options.seed = absl::GetFlag(FLAGS_seed);
  options.count_only = absl::GetFlag(FLAGS_count_only);
  std::cout << JsonLine().Add("machine", DescribeMachine(libraries)).ToString()
            << std::endl;
  RunCases(ChosenCases(absl::GetFlag(FLAGS_workload)),
           ChosenContestants(contestants, absl::GetFlag(FLAGS_contestants)),
           options, std::cout);
  return 0;
}

}  // namespace benchmarks
