#ifndef BENCHMARKS_WORKLOADS_MODES_H_
#define BENCHMARKS_WORKLOADS_MODES_H_

#include <cstddef>
#include <vector>

#include "benchmarks/cases.h"
#include "benchmarks/workload.h"

namespace benchmarks {

// The echo of //benchmarks:triggering_modes (EchoWorkload): messages over
// socketpairs to a server and back, which uses `mode`. An operation is a
// message.
Case ModesCase(const NamedMode& mode, int pairs, std::size_t message_bytes);

// Each mode with 1, 16 and 256 pairs and 64 bytes.
std::vector<Case> ModesCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_MODES_H_
