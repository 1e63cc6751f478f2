#include "benchmarks/workloads/all_cases.h"

#include <iterator>
#include <utility>
#include <vector>

#include "benchmarks/workload.h"
#include "benchmarks/workloads/chain.h"
#include "benchmarks/workloads/churn.h"
#include "benchmarks/workloads/echo.h"
#include "benchmarks/workloads/idle.h"
#include "benchmarks/workloads/modes.h"
#include "benchmarks/workloads/post.h"
#include "benchmarks/workloads/ready_batch.h"
#include "benchmarks/workloads/rearm.h"
#include "benchmarks/workloads/scale.h"
#include "benchmarks/workloads/timers.h"
#include "benchmarks/workloads/wake.h"

namespace benchmarks {

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (std::vector<Case> (*cases)() :
       {ChainCases, ReadyBatchCases, RearmCases, ChurnCases, WakeCases,
        TimersCases, PostCases, ModesCases, IdleCases, ScaleCases, EchoCases}) {
    std::vector<Case> some = cases();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace benchmarks
