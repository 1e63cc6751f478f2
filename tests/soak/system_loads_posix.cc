#include <memory>

#include "tests/soak/load.h"
#include "tests/soak/setting.h"
#include "tests/soak/signal_load_posix.h"
#include "tests/soak/soak_run.h"
#include "tests/soak/system_loads.h"

namespace event_selector {
namespace soak {

void AddSystemLoads(Soak& soak) {
  soak.Add([](const Setting& setting) -> std::unique_ptr<Load> {
    return std::make_unique<SignalLoad>(setting);
  });
}

}  // namespace soak
}  // namespace event_selector
