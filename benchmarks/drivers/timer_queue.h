#ifndef BENCHMARKS_DRIVERS_TIMER_QUEUE_H_
#define BENCHMARKS_DRIVERS_TIMER_QUEUE_H_

#include <cstdint>
#include <memory>

#include "benchmarks/timers.h"
#include "event/selector_options.h"

namespace benchmarks {

// event_selector::TimerQueue beside a selector.
std::unique_ptr<Timers> MakeTimerQueue(
    const event_selector::SelectorOptions& options, std::uint32_t count);

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_TIMER_QUEUE_H_
