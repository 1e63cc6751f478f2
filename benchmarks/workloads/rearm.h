#ifndef BENCHMARKS_WORKLOADS_REARM_H_
#define BENCHMARKS_WORKLOADS_REARM_H_

#include <cstdint>
#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

// What the handler of a oneshot event does.
enum class RearmVariant {
  // "read": reads, and arms the handle again at once. All handles are written
  // to
  // again when all have had their event.
  kRead,
  // "stays_ready": arms the handle again at once and leaves it readable, as
  // one does who has taken a part only.
  kStaysReady,
  // "late": as kRead, but the handles are armed again only after another wait,
  // which finds nothing.
  kLate,
  // "late_stays_ready": as kStaysReady, but armed again only after another
  // wait.
  // Who leaves a handle armed in the kernel, in the hope that this comes in
  // time, finds it there.
  kLateStaysReady,
};

// `handles` (eventfds), oneshot, that all fire, and are armed again. An
// operation is an event.
Case RearmCase(std::uint32_t handles, RearmVariant variant);

// 1, 16 and 256 handles in each variant.
std::vector<Case> RearmCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_REARM_H_
