#ifndef BENCHMARKS_WORKLOADS_TIMERS_H_
#define BENCHMARKS_WORKLOADS_TIMERS_H_

#include <cstdint>
#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

enum class TimersForm {
  // "postpone": idle timeouts of 60 s, each of which is given its whole time
  // again, in random order; after each a turn of the loop.
  kPostpone,
  // "cancel_add": timers with random deadlines of up to 60 s, each of which is
  // cancelled and added again, in random order; after each a turn.
  kCancelAdd,
  // "expire": timers with random deadlines, all of which are due in one turn.
  // Adding them, and waiting, is not counted.
  kExpire,
};

// An operation is one timer.
Case TimersCase(TimersForm form, std::uint32_t timers);

// 10,000 timers, and 100,000 that expire.
std::vector<Case> TimersCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_TIMERS_H_
