#ifndef BENCHMARKS_DRIVERS_SELECTOR_H_
#define BENCHMARKS_DRIVERS_SELECTOR_H_

#include <memory>

#include "benchmarks/driver.h"
#include "event/selector.h"
#include "event/selector_options.h"

namespace benchmarks {

// This library: event_selector::Selector, with the backend that the build
// selected.
std::unique_ptr<Driver> MakeSelector(
    const event_selector::SelectorOptions& options = {});

// The same with that selector.
std::unique_ptr<Driver> MakeSelectorDriver(
    std::unique_ptr<event_selector::Selector> selector);

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_SELECTOR_H_
