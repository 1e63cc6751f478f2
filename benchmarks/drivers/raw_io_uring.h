#ifndef BENCHMARKS_DRIVERS_RAW_IO_URING_H_
#define BENCHMARKS_DRIVERS_RAW_IO_URING_H_

#include <memory>

#include "benchmarks/driver.h"

namespace benchmarks {

// Whether the kernel has, and allows, what the driver below needs: a ring with
// deferred task work (Linux 6.1).
bool HasRawIoUring();

// io_uring(7) by hand: a poll request for each descriptor. Changes go with the
// next turn, but for the end of a request that is pending, which is a system
// call of its own: the request would keep the closed file open. Level-triggered
// descriptors are asked for again after each event, edge-triggered ones have a
// multishot request. A turn that does not block asks the kernel only if there
// is something to say or to fetch. The waker is an eventfd that nobody reads.
std::unique_ptr<Driver> MakeRawIoUring();

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_RAW_IO_URING_H_
