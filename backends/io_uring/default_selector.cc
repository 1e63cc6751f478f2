#include <memory>

#include "absl/status/statusor.h"
#include "backends/io_uring/io_uring_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"

namespace event_selector {

absl::StatusOr<std::unique_ptr<Selector>> Selector::Create(
    const SelectorOptions& options) {
  return IoUringSelector::Create(options);
}

}  // namespace event_selector
