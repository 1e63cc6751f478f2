#ifndef BENCHMARKS_TRIGGERING_MODES_CASE_RESULT_H_
#define BENCHMARKS_TRIGGERING_MODES_CASE_RESULT_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "benchmark/benchmark.h"

namespace benchmarks {

// What the cases of //benchmarks:triggering_modes tell Google Benchmark,
// besides times.

// Says why a case ends without a result.
void Skip(benchmark::State& state, const absl::Status& status);

// Whether a case has failed so far. The reporter does not see a failed
// repetition that stands among good ones.
bool AnyCaseFailed();

// Counts the system calls of a case in a run of its own, once: Google Benchmark
// calls a case several times. `units` are its messages or connections.
void ReportSystemCalls(benchmark::State& state, const std::string& name,
                       double units, absl::FunctionRef<absl::Status()> work);

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_CASE_RESULT_H_
