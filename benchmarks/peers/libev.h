#ifndef BENCHMARKS_PEERS_LIBEV_H_
#define BENCHMARKS_PEERS_LIBEV_H_

#include <memory>
#include <string>

#include "benchmarks/driver.h"

namespace benchmarks {

// libev, by ev_io on EVBACKEND_EPOLL, without its environment variables:
// - oneshot as its manual describes it: the callback stops the watcher. The
//   kernel hears of a stop and start only if they do not cancel out before the
//   next wait;
// - ev_io_modify for a change of the interest, which keeps what the loop knows
//   of the descriptor;
// - ev_async for waking.
// There is no edge triggering.
std::unique_ptr<Driver> MakeLibev();

// The version that this program runs with.
std::string LibevVersion();

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_LIBEV_H_
