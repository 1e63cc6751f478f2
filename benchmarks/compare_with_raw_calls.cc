// Compares this library with epoll and poll by hand, as JSON Lines:
//
//   bazel run -c opt //benchmarks:compare_with_raw_calls -- --workload=chain
//
// The flags stand in harness/comparison.h, the output in harness/runner.h.
// //benchmarks/peers:compare_with_peers has other libraries as well.

#include "benchmarks/drivers/contestants.h"
#include "benchmarks/harness/comparison.h"

int main(int argc, char** argv) {
  return benchmarks::ComparisonMain(argc, argv,
                                    benchmarks::StandardContestants(), {});
}
