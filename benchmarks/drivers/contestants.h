#ifndef BENCHMARKS_DRIVERS_CONTESTANTS_H_
#define BENCHMARKS_DRIVERS_CONTESTANTS_H_

#include <vector>

#include "benchmarks/driver.h"

namespace benchmarks {

// Those that need nothing but this library and the system. The first one is the
// baseline; raw_epoll_again is the same once more, and shows how much of a
// difference is noise.
// raw_io_uring and selector_io_uring are there where the kernel allows it.
std::vector<Contestant> StandardContestants();

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_CONTESTANTS_H_
