#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "backends/iocp/iocp_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "tests/contract/backends.h"

namespace event_selector {
namespace testing {

std::vector<Backend> AllBackendsUnderTest() {
  return {
      {"iocp",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         return IocpSelector::Create();
       }},
      {"iocp_single_waiter",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         SelectorOptions options;
         options.single_waiter = true;
         return IocpSelector::Create(options);
       },
       /*single_waiter=*/true},
  };
}

}  // namespace testing
}  // namespace event_selector
