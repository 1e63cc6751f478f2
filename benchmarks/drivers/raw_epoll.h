#ifndef BENCHMARKS_DRIVERS_RAW_EPOLL_H_
#define BENCHMARKS_DRIVERS_RAW_EPOLL_H_

#include <memory>

#include "benchmarks/driver.h"

namespace benchmarks {

// The baseline: epoll(7) by hand, with nothing that the system calls do not ask
// for. Its waker is the one of most programs: an eventfd, level-triggered, and
// read on each wake-up.
std::unique_ptr<Driver> MakeRawEpoll();

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_RAW_EPOLL_H_
