#include "benchmarks/triggering_modes/collecting_reporter.h"

#include <vector>

#include "absl/strings/match.h"
#include "benchmark/benchmark.h"
#include "benchmarks/triggering_modes/cases.h"
#include "benchmarks/triggering_modes/measurement.h"

namespace benchmarks {
namespace {

using Run = benchmark::BenchmarkReporter::Run;

double PerIteration(double seconds, const Run& run) {
  return run.iterations == 0 ? 0
                             : seconds / static_cast<double>(run.iterations);
}

// The members of Run that tell of errors have other names in other versions of
// the library. All leave the times of a failed run at zero.
Measurement::Kind KindOf(const Run& run) {
  if (absl::StartsWith(run.report_label, kNotSupported)) {
    return Measurement::Kind::kUnsupported;
  }
  return run.real_accumulated_time > 0 ? Measurement::Kind::kMeasured
                                       : Measurement::Kind::kFailed;
}

}  // namespace

bool CollectingReporter::ReportContext(const Context& context) {
  return display_.ReportContext(context);
}

void CollectingReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) Collect(run);
  display_.ReportRuns(runs);
}

void CollectingReporter::Finalize() { display_.Finalize(); }

// Repetitions come as one run each, or not at all, and then their aggregates:
// the median replaces what was noted before.
void CollectingReporter::Collect(const Run& run) {
  const bool aggregate = run.run_type == Run::RT_Aggregate;
  Measurement& measurement = measurements_[run.run_name.function_name];
  if (aggregate && run.aggregate_name == "stddev") {
    measurement.deviation = PerIteration(run.real_accumulated_time, run);
    measurement.cpu_deviation = PerIteration(run.cpu_accumulated_time, run);
    return;
  }
  if (aggregate && run.aggregate_name != "median") return;
  // One failed repetition is enough: its siblings do not make up for it.
  if (measurement.kind != Measurement::Kind::kMeasured) return;

  measurement.kind = KindOf(run);
  measurement.seconds = PerIteration(run.real_accumulated_time, run);
  measurement.cpu_seconds = PerIteration(run.cpu_accumulated_time, run);
  for (const auto& counter : run.counters) {
    measurement.counters[counter.first] = counter.second.value;
  }
}

}  // namespace benchmarks
