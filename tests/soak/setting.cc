#include "tests/soak/setting.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "event/selector.h"
#include "tests/contract/backends.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace soak {

SelectorFactory FirstBackend() {
  const std::vector<testing::Backend> backends = testing::BackendsUnderTest();
  if (backends.empty()) return nullptr;
  return [create = backends.front().create] {
    absl::StatusOr<std::unique_ptr<Selector>> selector = create();
    if (!selector.ok()) {
      testing::Die("Create: " + selector.status().ToString());
    }
    return *std::move(selector);
  };
}

}  // namespace soak
}  // namespace event_selector
