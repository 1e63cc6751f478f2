#ifndef BENCHMARKS_TRIGGERING_MODES_SYSTEM_CALLS_H_
#define BENCHMARKS_TRIGGERING_MODES_SYSTEM_CALLS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace benchmarks {

struct SystemCalls {
  std::int64_t all = 0;
  // Those of the selector: epoll_create1, epoll_ctl, epoll_wait and their kin.
  std::int64_t selector = 0;
};

// Runs `work` in a child process that this process traces, and counts the
// system calls that the child and its threads begin between `BeginCounting()`
// and `EndCounting()`, both called by `work`. (The two themselves do not
// count.) Calls that need no kernel, such as reading a clock, are not seen.
//
// The child is a copy of this process: call it while there is only one thread,
// and let `work` create the selectors it uses, since one that was made
// before a fork refuses to work in the child. The child ends without running
// destructors of static objects, and after a minute in any case. Errors:
//   kUnimplemented      the system has no such tracing, or refuses it;
//   kInternal           `work` returned an error (which the child has
//                       written to the standard error output), did not call
//                       both functions, or the child died.
absl::StatusOr<SystemCalls> CountSystemCalls(
    absl::FunctionRef<absl::Status()> work);

// Without effect outside of `CountSystemCalls`.
void BeginCounting();
void EndCounting();

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_SYSTEM_CALLS_H_
