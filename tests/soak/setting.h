#ifndef TESTS_SOAK_SETTING_H_
#define TESTS_SOAK_SETTING_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "event/selector.h"
#include "tests/soak/counters.h"
#include "tests/soak/findings.h"

namespace event_selector {
namespace soak {

class WaitingPool;

// Makes a selector; never null. May be called from any thread.
using SelectorFactory = std::function<std::unique_ptr<Selector>()>;

// Makes selectors of the first backend of the build; aborts where one cannot be
// made. Null where the build has no backend.
SelectorFactory FirstBackend();

// What every load is given. All of it outlives the loads.
struct Setting {
  SelectorFactory create;  // Selectors under test.
  WaitingPool& pool;       // The selector that several loads share.
  Counters& counters;
  Findings& findings;
  // How long a load waits for what must come: so long that no slow machine gets
  // there, only a loss does.
  absl::Duration patience;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_SETTING_H_
