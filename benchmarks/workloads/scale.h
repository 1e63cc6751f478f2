#ifndef BENCHMARKS_WORKLOADS_SCALE_H_
#define BENCHMARKS_WORKLOADS_SCALE_H_

#include <cstdint>
#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

// A chain of ten handles, one of them active, beside `idle` handles that are
// watched as well and never ready. An operation is an event of the chain.
//
// From 1,000 idle handles on, the samples tell "bytes_per_registration": what
// watching the idle ones took of malloc's memory, for each. Where "shared" is
// 1, a few sockets stand for all the idle handles, since the limit of open
// descriptors is too low (IdleHandles), and contestants with a table by
// descriptor are left out.
Case ScaleCase(std::uint32_t idle);

// 10 to 100,000 idle handles, in powers of ten.
std::vector<Case> ScaleCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_SCALE_H_
