#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "backends/kqueue/kqueue_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "tests/contract/backends.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event {
namespace testing {

namespace {

Backend KqueueOnShim() {
  Backend backend;
  backend.name = "kqueue_on_shim";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return KqueueSelector::Create();
  };
  backend.keeps_table = true;
  backend.played_system_calls = &KqueueCalls;
  return backend;
}

Backend KqueueSingleWaiterOnShim() {
  Backend backend = KqueueOnShim();
  backend.name = "kqueue_single_waiter_on_shim";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    SelectorOptions options;
    options.single_waiter = true;
    return KqueueSelector::Create(options);
  };
  backend.single_waiter = true;
  return backend;
}

}  // namespace

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
       /*single_waiter=*/true, /*keeps_table=*/true},
      KqueueOnShim(),
      KqueueSingleWaiterOnShim(),
  };
}

}  // namespace testing
}  // namespace event
