#ifndef BENCHMARKS_DRIVERS_TIMER_MAP_H_
#define BENCHMARKS_DRIVERS_TIMER_MAP_H_

#include <cstdint>
#include <memory>

#include "benchmarks/timers.h"

namespace benchmarks {

// Timers by hand: a std::multimap by deadline beside epoll.
std::unique_ptr<Timers> MakeTimerMap(std::uint32_t count);

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_TIMER_MAP_H_
