// Compares the triggering modes of event::Selector:
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
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "benchmarks/accept_workload.h"
#include "benchmarks/build_mode.h"
#include "benchmarks/cases.h"
#include "benchmarks/collecting_reporter.h"
#include "benchmarks/default_flags.h"
#include "benchmarks/drivers/selector.h"
#include "benchmarks/echo_workload.h"
#include "benchmarks/results_table.h"
#include "benchmarks/system_calls.h"
#include "event/mode.h"

namespace benchmarks {
namespace {

// Whether a case has failed. The reporter does not see a failed repetition that
// stands among good ones.
bool& AnyFailed() {
  static bool failed = false;
  return failed;
}

// Says why a case ends without a result.
void Skip(benchmark::State& state, const absl::Status& status) {
  if (absl::IsUnimplemented(status)) {
    const std::string label =
        absl::StrCat(kNotSupported, ": ", status.message());
    state.SetLabel(label);
    state.SkipWithError(label.c_str());
    return;
  }
  AnyFailed() = true;
  const std::string text = status.ToString();
  std::cerr << text << "\n";
  state.SkipWithError(text.c_str());
}

// Counts the system calls of a case in a run of its own, once: Google Benchmark
// calls a case several times. `units` are its messages or connections.
void ReportSystemCalls(benchmark::State& state, const std::string& name,
                       double units,
                       absl::FunctionRef<absl::Status()> workload) {
  static auto* const counted =
      new std::map<std::string, std::optional<SystemCalls>>;
  if (counted->count(name) == 0) {
    const absl::StatusOr<SystemCalls> calls = CountSystemCalls(workload);
    (*counted)[name] = calls.ok() ? std::make_optional(*calls) : std::nullopt;
    if (!calls.ok() && !absl::IsUnimplemented(calls.status())) {
      std::cerr << name << ": " << calls.status().ToString() << "\n";
    }
  }
  const std::optional<SystemCalls>& calls = (*counted)[name];
  if (!calls) return;
  state.counters[std::string(kSystemCalls)] =
      static_cast<double>(calls->all) / units;
  state.counters[std::string(kSelectorCalls)] =
      static_cast<double>(calls->selector) / units;
}

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

absl::Status Accept(const AcceptOptions& options, int connections) {
  absl::StatusOr<std::unique_ptr<AcceptWorkload>> workload =
      AcceptWorkload::Create(options);
  if (!workload.ok()) return workload.status();
  absl::Status done = (*workload)->Connect();
  BeginCounting();
  for (int i = 0; done.ok() && i < connections; ++i) {
    done = (*workload)->Connect();
  }
  EndCounting();
  return done.ok() ? (*workload)->Stop().status() : done;
}

// An iteration is a connection.
void RunAccept(benchmark::State& state, const std::string& name,
               const AcceptOptions& options) {
  absl::StatusOr<std::unique_ptr<AcceptWorkload>> workload =
      AcceptWorkload::Create(options);
  if (!workload.ok()) return Skip(state, workload.status());

  absl::Status done;
  while (state.KeepRunning()) {
    done = (*workload)->Connect();
    if (!done.ok()) break;
  }
  // A thread's error explains the client's.
  const absl::StatusOr<AcceptTotals> totals = (*workload)->Stop();
  if (!totals.ok()) return Skip(state, totals.status());
  if (!done.ok()) return Skip(state, done);

  const auto accepted = static_cast<double>(totals->accepted);
  state.counters[std::string(kWakeups)] =
      static_cast<double>(totals->wakeups) / accepted;
  state.counters[std::string(kUselessWakeups)] =
      static_cast<double>(totals->useless_wakeups) / accepted;
  state.counters[std::string(kContextSwitches)] =
      static_cast<double>(totals->context_switches) / accepted;
  state.SetItemsProcessed(state.iterations());
  constexpr int kConnections = 100;
  ReportSystemCalls(state, name, kConnections,
                    [&] { return Accept(options, kConnections); });
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

void RegisterAccept() {
  for (const int selectors : kSelectors) {
    for (const NamedMode& mode : kAcceptModes) {
      const std::string name = AcceptName(mode, selectors);
      const AcceptOptions options{selectors, mode.mode};
      benchmark::RegisterBenchmark(
          name.c_str(),
          [=](benchmark::State& state) { RunAccept(state, name, options); })
          ->MeasureProcessCPUTime()
          ->UseRealTime();
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
  return matched == 0 || AnyFailed() ? 1 : 0;
}

}  // namespace
}  // namespace benchmarks

int main(int argc, char** argv) { return benchmarks::Main(argc, argv); }
