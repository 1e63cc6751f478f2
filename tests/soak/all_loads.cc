#include "tests/soak/all_loads.h"

#include <memory>

#include "tests/soak/churn_load.h"
#include "tests/soak/echo_load.h"
#include "tests/soak/lifetime_load.h"
#include "tests/soak/load.h"
#include "tests/soak/oneshot_load.h"
#include "tests/soak/setting.h"
#include "tests/soak/soak_run.h"
#include "tests/soak/system_loads.h"
#include "tests/soak/timeout_load.h"
#include "tests/soak/wake_load.h"

namespace event_selector {
namespace soak {
namespace {

template <typename T>
std::unique_ptr<Load> Make(const Setting& setting) {
  return std::make_unique<T>(setting);
}

}  // namespace

void AddAllLoads(Soak& soak) {
  soak.Add(Make<EchoLoad>);
  soak.Add(Make<OneshotLoad>);
  soak.Add(Make<WakeLoad>);
  soak.Add(Make<ChurnLoad>);
  soak.Add(Make<TimeoutLoad>);
  soak.Add(Make<LifetimeLoad>);
  AddSystemLoads(soak);
}

}  // namespace soak
}  // namespace event_selector
