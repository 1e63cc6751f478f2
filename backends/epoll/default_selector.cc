#include <memory>

#include "absl/status/statusor.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"

namespace event_selector {

absl::StatusOr<std::unique_ptr<Selector>> Selector::Create(
    const SelectorOptions& options) {
  if (options.single_waiter) return SingleWaiterEpollSelector::Create(options);
  return EpollSelector::Create(options);
}

}  // namespace event_selector
