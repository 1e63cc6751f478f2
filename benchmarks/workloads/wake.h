#ifndef BENCHMARKS_WORKLOADS_WAKE_H_
#define BENCHMARKS_WORKLOADS_WAKE_H_

#include <cstdint>
#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

enum class WakeForm {
  // "ping_pong": two threads, each blocked in a wait of its own until the other
  // wakes it. "cores" says where: "one" (both on one core, which leaves out the
  // time that a core needs to leave its idle state) or "any".
  kPingPongOneCore,
  kPingPongAnyCore,
  // "storm": one thread wakes another, again and again, whose waits do not
  // block, since a handle of it is always ready.
  kStorm,
  // "coalesced": a thread wakes while a wake-up is pending, and nobody waits.
  kCoalesced,
};

// An operation is a wake.
Case WakeCase(WakeForm form);

// All forms. Each sample of the storm has 1,000,000 wakes.
std::vector<Case> WakeCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_WAKE_H_
