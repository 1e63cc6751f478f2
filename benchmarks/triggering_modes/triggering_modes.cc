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
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "benchmarks/build_mode.h"
#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "benchmarks/drivers/selector.h"
#include "benchmarks/triggering_modes/accept_cases.h"
#include "benchmarks/triggering_modes/case_result.h"
#include "benchmarks/triggering_modes/cases.h"
#include "benchmarks/triggering_modes/collecting_reporter.h"
#include "benchmarks/triggering_modes/default_flags.h"
#include "benchmarks/triggering_modes/results_table.h"
#include "benchmarks/triggering_modes/system_calls.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/modes.h"
#include "benchmarks/workloads/named_mode.h"

namespace benchmarks {
namespace {

std::unique_ptr<Driver> MakeDriver() { return MakeSelector(); }

// An iteration is a message, so that the reported times are per message.
void RunEcho(benchmark::State& state, const std::string& name,
             const NamedMode& mode, int pairs, std::size_t message_bytes) {
  const std::unique_ptr<Workload> workload =
      ModesCase(mode, pairs, message_bytes).open();
  if (!workload->Suits(*MakeDriver())) {
    return Skip(state, absl::UnimplementedError(absl::StrCat(
                           "mode ", mode.mode.ToString(), " is missing")));
  }
  const absl::Status allowed = AllowDescriptors(ModesDescriptors(pairs));
  if (!allowed.ok()) return Skip(state, allowed);

  std::unique_ptr<Session> session = workload->Start(MakeDriver);
  while (state.KeepRunningBatch(pairs)) session->Run(pairs);
  state.SetItemsProcessed(state.iterations());
  session.reset();  // The traced child needs as many descriptors.
  const int messages = std::max(3, 256 / pairs) * pairs;
  ReportSystemCalls(state, name, messages, [&] {
    const std::unique_ptr<Session> counted = workload->Start(MakeDriver);
    counted->Run(pairs);
    BeginCounting();
    counted->Run(messages);
    EndCounting();
    return absl::OkStatus();
  });
}

void RegisterEcho() {
  for (const std::size_t bytes : kMessageBytes) {
    for (const int pairs : kPairs) {
      for (const NamedMode& mode : kEchoModes) {
        const std::string name = EchoName(mode, pairs, bytes);
        benchmark::RegisterBenchmark(name.c_str(),
                                     [=](benchmark::State& state) {
                                       RunEcho(state, name, mode, pairs, bytes);
                                     })
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
  WarnOfSlowBuild();

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
