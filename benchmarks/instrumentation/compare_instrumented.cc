// What event_selector::InstrumentedSelector costs, as JSON Lines: the flags
// stand in harness/comparison.h, the output in harness/runner.h.
//
//   bazel run -c opt //benchmarks/instrumentation
//
// makes a table of them.

#include "benchmarks/harness/comparison.h"
#include "benchmarks/instrumentation/contestants.h"

int main(int argc, char** argv) {
  return benchmarks::ComparisonMain(
      argc, argv, benchmarks::InstrumentationContestants(), {});
}
