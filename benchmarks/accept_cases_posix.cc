#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "benchmarks/accept_cases.h"
#include "benchmarks/accept_workload.h"
#include "benchmarks/case_result.h"
#include "benchmarks/cases.h"
#include "benchmarks/system_calls.h"

namespace benchmarks {
namespace {

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

}  // namespace

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

}  // namespace benchmarks
