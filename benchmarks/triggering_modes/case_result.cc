#include "benchmarks/triggering_modes/case_result.h"

#include <iostream>
#include <map>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "benchmarks/triggering_modes/cases.h"
#include "benchmarks/triggering_modes/system_calls.h"

namespace benchmarks {
namespace {

bool& Failed() {
  static bool failed = false;
  return failed;
}

}  // namespace

void Skip(benchmark::State& state, const absl::Status& status) {
  if (absl::IsUnimplemented(status)) {
    const std::string label =
        absl::StrCat(kNotSupported, ": ", status.message());
    state.SetLabel(label);
    state.SkipWithError(label.c_str());
    return;
  }
  Failed() = true;
  const std::string text = status.ToString();
  std::cerr << text << "\n";
  state.SkipWithError(text.c_str());
}

bool AnyCaseFailed() { return Failed(); }

void ReportSystemCalls(benchmark::State& state, const std::string& name,
                       double units, absl::FunctionRef<absl::Status()> work) {
  static auto* const counted =
      new std::map<std::string, std::optional<SystemCalls>>;
  if (counted->count(name) == 0) {
    const absl::StatusOr<SystemCalls> calls = CountSystemCalls(work);
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

}  // namespace benchmarks
