#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "backends/poll/notifier.h"
#include "backends/poll/poll_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"
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
      {"poll",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         return PollSelector::Create();
       },
       /*single_waiter=*/false, /*keeps_numbers=*/true},
      {"poll_single_waiter",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         SelectorOptions options;
         options.single_waiter = true;
         return PollSelector::Create(options);
       },
       /*single_waiter=*/true, /*keeps_numbers=*/true},
      // As on systems without eventfd(2).
      {"poll_with_pipe",
       []() -> absl::StatusOr<std::unique_ptr<Selector>> {
         return PollSelector::Create({}, poll::Notifier::Kind::kPipe);
       },
       /*single_waiter=*/false, /*keeps_numbers=*/true},
  };
}

}  // namespace testing
}  // namespace event
