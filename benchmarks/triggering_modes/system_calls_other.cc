#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/triggering_modes/system_calls.h"

namespace benchmarks {

absl::StatusOr<SystemCalls> CountSystemCalls(
    absl::FunctionRef<absl::Status()> /*work*/) {
  return absl::UnimplementedError("system calls are counted on Linux only");
}

void BeginCounting() {}
void EndCounting() {}

}  // namespace benchmarks
