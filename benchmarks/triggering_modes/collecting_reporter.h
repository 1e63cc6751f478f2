#ifndef BENCHMARKS_TRIGGERING_MODES_COLLECTING_REPORTER_H_
#define BENCHMARKS_TRIGGERING_MODES_COLLECTING_REPORTER_H_

#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/triggering_modes/measurement.h"

namespace benchmarks {

// A display reporter that passes everything on to the one that was chosen by
// --benchmark_format, and keeps the results. (A ConsoleReporter would not
// know of that flag.)
class CollectingReporter : public benchmark::BenchmarkReporter {
 public:
  // `display` must outlive this.
  explicit CollectingReporter(benchmark::BenchmarkReporter& display)
      : display_(display) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  const Measurements& measurements() const { return measurements_; }

 private:
  void Collect(const Run& run);

  benchmark::BenchmarkReporter& display_;
  Measurements measurements_;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_COLLECTING_REPORTER_H_
