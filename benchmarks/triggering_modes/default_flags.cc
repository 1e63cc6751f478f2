#include "benchmarks/triggering_modes/default_flags.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"

namespace benchmarks {
namespace {

// Whether --benchmark_min_time wants a unit: since version 1.8, which also gave
// Run this member.
template <typename Run, typename = void>
struct MinTimeHasUnit : std::false_type {};
template <typename Run>
struct MinTimeHasUnit<Run, decltype(static_cast<void>(Run::skipped))>
    : std::true_type {};

}  // namespace

std::vector<std::string> WithDefaultFlags(int argc, char** argv) {
  using Run = benchmark::BenchmarkReporter::Run;
  const std::string min_time = MinTimeHasUnit<Run>::value ? "0.1s" : "0.1";
  const std::map<std::string, std::string> defaults = {
      {"benchmark_display_aggregates_only", "true"},
      {"benchmark_enable_random_interleaving", "true"},
      {"benchmark_min_time", min_time},
      {"benchmark_repetitions", "5"},
  };
  std::vector<std::string> args = {argc > 0 ? argv[0] : "triggering_modes"};
  for (const auto& [flag, value] : defaults) {
    if (std::getenv(absl::AsciiStrToUpper(flag).c_str()) == nullptr) {
      args.push_back(absl::StrCat("--", flag, "=", value));
    }
  }
  args.insert(args.end(), argv + std::min(argc, 1), argv + argc);
  return args;
}

}  // namespace benchmarks
