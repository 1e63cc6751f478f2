#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "event/selector.h"
#include "tests/contract/backends.h"

namespace event {
namespace testing {

std::vector<Backend> AllBackendsUnderTest() {
  return {
      {"epoll",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         return EpollSelector::Create();
       }},
      {"epoll_single_waiter",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         return SingleWaiterEpollSelector::Create();
       },
       /*single_waiter=*/true},
  };
}

}  // namespace testing
}  // namespace event
