#ifndef BENCHMARKS_WORKLOADS_MODES_H_
#define BENCHMARKS_WORKLOADS_MODES_H_

#include <cstddef>
#include <vector>

#include "benchmarks/workload.h"
#include "benchmarks/workloads/named_mode.h"

namespace benchmarks {

// Messages over socketpairs to a server and back (PairEcho), which uses `mode`.
// An operation is a message. //benchmarks:triggering_modes measures it, too.
// Runs on every system.
Case ModesCase(const NamedMode& mode, int pairs, std::size_t message_bytes);

// How many descriptors a session of it needs to be allowed, that with `pairs`:
// it aborts where AllowDescriptors() refuses them.
int ModesDescriptors(int pairs);

// Each mode with 1, 16 and 256 pairs and 64 bytes.
std::vector<Case> ModesCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_MODES_H_
