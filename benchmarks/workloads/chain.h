#ifndef BENCHMARKS_WORKLOADS_CHAIN_H_
#define BENCHMARKS_WORKLOADS_CHAIN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/socket_ring.h"

namespace benchmarks {

// libevent's classic benchmark: `handles` in a ring, of which `active` are
// readable. Each event reads a byte and writes one for the next handle. An
// operation is an event.
//
// Level-triggered, or with edges: then each byte is written for the handle that
// has just read one, so that no two bytes meet, which one edge might tell of.
//
// From 10,000 handles on, the descriptor limit may need both
// ends of a socketpair to be handles (see SocketRing); the parameter
// "socketpairs" tells.
Case ChainCase(std::uint32_t handles, std::uint32_t active);
Case EdgeChainCase(std::uint32_t handles, std::uint32_t active);

// 100, 1,000 and 10,000 handles, 1 and 100 active; with edge, 1,000 handles, of
// which 1, 100 and 1,000 are active.
std::vector<Case> ChainCases();

// The session by itself, for workloads that add something to the chain: over
// `ring`, which outlives it and is not in use otherwise, with `driver`, in
// which it registers the handles under the indexes from 0 on.
std::unique_ptr<Session> StartChain(const SocketRing& ring,
                                    std::uint32_t active,
                                    std::unique_ptr<Driver> driver);

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_CHAIN_H_
