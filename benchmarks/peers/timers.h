#ifndef BENCHMARKS_PEERS_TIMERS_H_
#define BENCHMARKS_PEERS_TIMERS_H_

#include <cstdint>
#include <memory>

#include "benchmarks/timers.h"

namespace benchmarks {

// ev_timer; ev_timer_again for idle timeouts.
std::unique_ptr<Timers> MakeLibevTimers(std::uint32_t count);

// event_add with a timeout, from a callback, where libevent has the time
// already; a common timeout for idle timeouts.
std::unique_ptr<Timers> MakeLibeventTimers(std::uint32_t count);

// uv_timer_t; uv_timer_again for idle timeouts. Its times are milliseconds.
std::unique_ptr<Timers> MakeLibuvTimers(std::uint32_t count);

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_TIMERS_H_
