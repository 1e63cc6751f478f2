#ifndef BENCHMARKS_WORKLOADS_CHURN_H_
#define BENCHMARKS_WORKLOADS_CHURN_H_

#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

enum class ChurnForm {
  // "add_remove": a handle that is not ready is watched and, without a wait in
  // between, no longer watched. (A library that keeps its changes until the
  // next wait does nothing in the kernel.)
  kAddRemove,
  // "open_fire_close": a socketpair is opened, one end of it is watched, gets a
  // byte, fires once, is no longer watched, and both are closed.
  kOpenFireClose,
  // "batches": 64 handles that are not ready are watched, a wait finds nothing,
  // they are no longer watched, and another wait finds nothing.
  kBatches,
  // "one_by_one": the same with a batch of one.
  kOneByOne,
};

// An operation is one such life of a registration.
Case ChurnCase(ChurnForm form);

// All forms.
std::vector<Case> ChurnCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_CHURN_H_
