#ifndef TESTS_SOAK_SYSTEM_LOADS_H_
#define TESTS_SOAK_SYSTEM_LOADS_H_

#include "tests/soak/soak_run.h"

namespace event_selector {
namespace soak {

// Adds the loads that not every system has: one system_loads_<system>.cc each.
void AddSystemLoads(Soak& soak);

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_SYSTEM_LOADS_H_
