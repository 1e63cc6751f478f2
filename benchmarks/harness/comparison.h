#ifndef BENCHMARKS_HARNESS_COMPARISON_H_
#define BENCHMARKS_HARNESS_COMPARISON_H_

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/harness/machine.h"

namespace benchmarks {

// The main function of a comparison of `contestants`, the first of which is the
// baseline; `libraries` are those that they use. Writes JSON Lines to stdout:
// first {"machine": {...}} (machine.h), then the samples (runner.h). Returns
// the exit status. Flags:
//
//   --workload=chain,idle     which workloads; "all". A case may be named in
//                             full, too: chain/handles:1000/active:1
//   --contestants=raw_epoll,selector   "all"
//   --pairs=21                how many rounds
//   --min_time=20ms           of CPU, for each sample
//   --seed=1                  of the order within each round
//   --count_only=100000       count operations, read no clock (runner.h)
//   --list                    prints the cases and contestants, and ends
int ComparisonMain(int argc, char** argv,
                   const std::vector<Contestant>& contestants,
                   const std::vector<LibraryVersion>& libraries);

}  // namespace benchmarks

#endif  // BENCHMARKS_HARNESS_COMPARISON_H_
