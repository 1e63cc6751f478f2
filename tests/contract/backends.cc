#include "tests/contract/backends.h"

#include <vector>

namespace event_selector {
namespace testing {

std::vector<Backend> BackendsUnderTest() {
  std::vector<Backend> backends;
  for (const Backend& backend : AllBackendsUnderTest()) {
    if (backend.single_waiter || backend.is_instrumented) continue;
    backends.push_back(backend);
  }
  return backends;
}

}  // namespace testing
}  // namespace event_selector
