#ifndef BENCHMARKS_TRIGGERING_MODES_DEFAULT_FLAGS_H_
#define BENCHMARKS_TRIGGERING_MODES_DEFAULT_FLAGS_H_

#include <string>
#include <vector>

namespace benchmarks {

// The command line for benchmark::Initialize, with our defaults of its flags in
// front. They spread the measurements of each case over the whole run, so that
// a machine that is busy for a while does not favour a mode:
//   --benchmark_repetitions=5
//   --benchmark_enable_random_interleaving=true
//   --benchmark_display_aggregates_only=true
//   --benchmark_min_time=0.1
// What the user says comes later and wins; so do the environment variables that
// the library reads (BENCHMARK_REPETITIONS, ...).
std::vector<std::string> WithDefaultFlags(int argc, char** argv);

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_DEFAULT_FLAGS_H_
