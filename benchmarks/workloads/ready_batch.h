#ifndef BENCHMARKS_WORKLOADS_READY_BATCH_H_
#define BENCHMARKS_WORKLOADS_READY_BATCH_H_

#include <cstdint>
#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

// `handles` that are always readable, level-triggered, and nobody reads them:
// what it costs to deliver an event, which is an operation.
Case ReadyBatchCase(std::uint32_t handles);

// 1, 16, 256, 1,024 handles.
std::vector<Case> ReadyBatchCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_READY_BATCH_H_
