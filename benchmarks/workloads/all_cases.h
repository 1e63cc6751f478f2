#ifndef BENCHMARKS_WORKLOADS_ALL_CASES_H_
#define BENCHMARKS_WORKLOADS_ALL_CASES_H_

#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

// Every workload with all of its parameters.
std::vector<Case> AllCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_ALL_CASES_H_
