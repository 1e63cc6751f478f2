#ifndef BENCHMARKS_HARNESS_CASE_NAME_H_
#define BENCHMARKS_HARNESS_CASE_NAME_H_

#include <string>

#include "benchmarks/workload.h"

namespace benchmarks {

// "chain/handles:1000/active:1".
std::string CaseName(const Case& named);

}  // namespace benchmarks

#endif  // BENCHMARKS_HARNESS_CASE_NAME_H_
