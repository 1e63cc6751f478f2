#ifndef BENCHMARKS_DRIVERS_POLL_H_
#define BENCHMARKS_DRIVERS_POLL_H_

#include <memory>

#include "benchmarks/driver.h"

namespace benchmarks {

// poll(2) by hand: what a program pays that has no queue in the kernel. Level
// and oneshot: a spent descriptor's events are set to none in the array.
std::unique_ptr<Driver> MakePoll();

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_POLL_H_
