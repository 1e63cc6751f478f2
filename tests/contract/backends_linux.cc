#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "backends/epoll/epoll_selector.h"
#include "event/selector.h"
#include "tests/contract/backends.h"

namespace event {
namespace testing {

std::vector<Backend> BackendsUnderTest() {
  return {
      {"epoll",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         return EpollSelector::Create();
       }},
  };
}

}  // namespace testing
}  // namespace event
