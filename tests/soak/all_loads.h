#ifndef TESTS_SOAK_ALL_LOADS_H_
#define TESTS_SOAK_ALL_LOADS_H_

#include "tests/soak/soak_run.h"

namespace event_selector {
namespace soak {

// Adds every load that this system has; the one place that lists them.
void AddAllLoads(Soak& soak);

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_ALL_LOADS_H_
