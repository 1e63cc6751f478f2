// Compares the triggering modes of event_selector::Selector:
//
//   bazel run -c opt //benchmarks:triggering_modes
//
// Prints Google Benchmark's report, whose times are per message (per accepted
// connection), and at the end a table with the modes side by side. Takes about
// a minute. All of Google Benchmark's flags work, after a "--"; some have other
// defaults (see default_flags.h).
// With --benchmark_format=json or csv, the table goes to the standard error
// output. Exit status: 0; 1 for a wrong flag or where a case has failed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "benchmarks/accept_cases.h"
#include "benchmarks/build_mode.h"
#include "benchmarks/case_result.h"
#include "benchmarks/cases.h"
#include "benchmarks/collecting_reporter.h"
#include "benchmarks/default_flags.h"
#include "benchmarks/drivers/selector.h"
#include "benchmarks/echo_workload.h"
#include "benchmarks/results_table.h"
#include "benchmarks/system_calls.h"

namespace benchmarks {
namespace {

absl::Status EchoRounds(const EchoOptions& options, int rounds) {
  absl::StatusOr<std::unique_ptr<EchoWorkload>> workload =
      EchoWorkload::Create(options, MakeSelector());
  if (!workload.ok()) return workload.status();
  absl::Status done = (*workload)->RunRound();
  BeginCounting();
  for (int i = 0; done.ok() && i < rounds; ++i) done = (*workload)->RunRound();
  EndCounting();
  return done;
}

// An iteration is a message, so that the reported times are per message.
void RunEcho(benchmark::State& state, const std::string& name,
             const EchoOptions& options) {
  absl::StatusOr<std::unique_ptr<EchoWorkload>> workload =
      EchoWorkload::Create(options, MakeSelector());
  if (!workload.ok()) return Skip(state, workload.status());

  while (state.KeepRunningBatch(options.pairs)) {
    absl::Status done = (*workload)->RunRound();
    if (!done.ok()) return Skip(state, done);
  }
  state.SetItemsProcessed(state.iterations());
  workload->reset();  // The traced child needs as many descriptors.
  const int rounds = std::max(3, 256 / options.pairs);
  ReportSystemCalls(state, name, rounds * options.pairs,
                    [&] { return EchoRounds(options, rounds); });
}

void RegisterEcho() {
  for (const std::size_t bytes : kMessageBytes) {
    for (const int pairs : kPairs) {
      for (const NamedMode& mode : kEchoModes) {
        const std::string name = EchoName(mode, pairs, bytes);
        const EchoOptions options{pairs, bytes, mode.mode};
        benchmark::RegisterBenchmark(
            name.c_str(),
            [=](benchmark::State& state) { RunEcho(state, name, options); })
            ->MeasureProcessCPUTime()
            ->UseRealTime();
      }
    }
  }
}

int Main(int argc, char** argv) {
  std::vector<std::string> args = WithDefaultFlags(argc, argv);
  std::vector<char*> pointers;
  for (std::string& arg : args) pointers.push_back(&arg[0]);
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 1;
  RegisterEcho();
  RegisterAccept();
  if (IsSlowBuild()) {
    std::cerr << "WARNING: this build is not optimised or has sanitizers: its "
                 "times mean nothing. Build with -c opt.\n";
  }

  benchmark::BenchmarkReporter* const display =
      benchmark::CreateDefaultDisplayReporter();
  CollectingReporter reporter(*display);
  const std::size_t matched = benchmark::RunSpecifiedBenchmarks(&reporter);
  // What other formats print is for programs to read.
  const bool for_people =
      dynamic_cast<benchmark::ConsoleReporter*>(display) != nullptr;
  (for_people ? std::cout : std::cerr)
      << FormatResults(reporter.measurements()) << std::flush;
  benchmark::Shutdown();
  return matched == 0 || AnyCaseFailed() ? 1 : 0;
}

}  // namespace
}  // namespace benchmarks

int main(int argc, char** argv) { return benchmarks::Main(argc, argv); }
