#ifndef BENCHMARKS_WORKLOADS_IDLE_H_
#define BENCHMARKS_WORKLOADS_IDLE_H_

#include <cstdint>
#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

// `handles` are watched, none is ready: what a wait with a zero timeout costs,
// which is an operation.
Case IdleCase(std::uint32_t handles);

// 1 and 1,000 handles.
std::vector<Case> IdleCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_IDLE_H_
