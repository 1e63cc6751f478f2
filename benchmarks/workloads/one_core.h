#ifndef BENCHMARKS_WORKLOADS_ONE_CORE_H_
#define BENCHMARKS_WORKLOADS_ONE_CORE_H_

#include <sched.h>

#include <cerrno>

#include "tests/support/fatal.h"

namespace benchmarks {

// Keeps the calling thread, and those that it starts, on the core that it runs
// on. The destructor, on the same thread, gives it back the cores that it had.
class OneCore {
 public:
  OneCore() {
    if (sched_getaffinity(0, sizeof(before_), &before_) != 0) {
      event_selector::testing::DieOfError("sched_getaffinity", errno);
    }
    const int core = sched_getcpu();
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core < 0 ? 0 : core, &one);
    if (sched_setaffinity(0, sizeof(one), &one) != 0) {
      event_selector::testing::DieOfError("sched_setaffinity", errno);
    }
  }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;
  ~OneCore() { sched_setaffinity(0, sizeof(before_), &before_); }

 private:
  cpu_set_t before_;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_ONE_CORE_H_
