#ifndef BENCHMARKS_HARNESS_RUNNER_H_
#define BENCHMARKS_HARNESS_RUNNER_H_

#include <cstdint>
#include <ostream>
#include <vector>

#include "absl/time/time.h"
#include "benchmarks/driver.h"
#include "benchmarks/workload.h"

namespace benchmarks {

struct RunnerOptions {
  // How many rounds; in each, every contestant gives one sample.
  int pairs = 21;
  // How much CPU time a sample takes, roughly.
  absl::Duration min_time = absl::Milliseconds(20);
  // The order of the contestants within a round is shuffled by this.
  std::uint32_t seed = 1;
  // Above 0: no times. Each contestant does this many operations, once, without
  // warming up, for tools that count instructions or system calls. The
  // difference between two such runs is the cost of the difference between
  // their numbers.
  std::int64_t count_only = 0;
};

// Measures each of `cases` with those of `contestants` that suit it, and writes
// one JSON object a line to `out`, one for each sample:
//
//   workload, parameters  the case
//   contestant
//   round       from 0; ratios are formed of samples of one round
//   unit        what an operation is
//   operations  what a cost is to be divided by
//   events      ready events delivered to the workload
//   waits       waits of the contestant; null where its library does not tell
//   cpu_ns      CPU time of the process, all threads, user and system
//   wall_ns     time on the wall
//   (others)    what the workload adds, such as bytes_per_registration
//
// With `count_only`, cpu_ns and wall_ns are left out.
//
// Each sample has a session of its own, which has run for a while before. All
// samples of a contestant have the same number of operations, found before the
// first round. What happens, and what is left out, is told on stderr.
void RunCases(const std::vector<Case>& cases,
              const std::vector<Contestant>& contestants,
              const RunnerOptions& options, std::ostream& out);

}  // namespace benchmarks

#endif  // BENCHMARKS_HARNESS_RUNNER_H_
