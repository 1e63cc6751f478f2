#include "tests/soak/soak_run.h"
#include "tests/soak/system_loads.h"

namespace event_selector {
namespace soak {

void AddSystemLoads(Soak& /*soak*/) {}

}  // namespace soak
}  // namespace event_selector
