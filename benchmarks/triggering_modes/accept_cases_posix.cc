#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "benchmarks/triggering_modes/accept_cases.h"
#include "benchmarks/triggering_modes/case_result.h"
#include "benchmarks/triggering_modes/cases.h"
#include "benchmarks/triggering_modes/shared_listener.h"
#include "benchmarks/triggering_modes/system_calls.h"
#include "benchmarks/workloads/named_mode.h"

namespace benchmarks {
namespace {

absl::Status Accept(const SharedListenerOptions& options, int connections) {
  absl::StatusOr<std::unique_ptr<SharedListener>> shared =
      SharedListener::Create(options);
  if (!shared.ok()) return shared.status();
  absl::Status done = (*shared)->Connect();
  BeginCounting();
  for (int i = 0; done.ok() && i < connections; ++i) {
    done = (*shared)->Connect();
  }
  EndCounting();
  return done.ok() ? (*shared)->Stop().status() : done;
}

// An iteration is a connection.
void RunAccept(benchmark::State& state, const std::string& name,
               const SharedListenerOptions& options) {
  absl::StatusOr<std::unique_ptr<SharedListener>> shared =
      SharedListener::Create(options);
  if (!shared.ok()) return Skip(state, shared.status());

  absl::Status done;
  while (state.KeepRunning()) {
    done = (*shared)->Connect();
    if (!done.ok()) break;
  }
  // A thread's error explains the client's.
  const absl::StatusOr<AcceptTotals> totals = (*shared)->Stop();
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
      const SharedListenerOptions options{selectors, mode.mode};
      benchmark::RegisterBenchmark(
          name.c_str(),
          [=](benchmark::State& state) { RunAccept(state, name, options); })
          ->MeasureProcessCPUTime()
          ->UseRealTime();
    }
  }
}

}  // namespace benchmarks
