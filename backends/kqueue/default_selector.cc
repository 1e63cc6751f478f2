#include <memory>

#include "absl/status/statusor.h"
#include "backends/kqueue/kqueue_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"

namespace event_selector {

absl::StatusOr<std::unique_ptr<Selector>> Selector::Create(
    const SelectorOptions& options) {
  return KqueueSelector::Create(options);
}

}  // namespace event_selector
