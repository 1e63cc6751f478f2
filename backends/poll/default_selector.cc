#include <memory>

#include "absl/status/statusor.h"
#include "backends/poll/poll_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"

namespace event_selector {

absl::StatusOr<std::unique_ptr<Selector>> Selector::Create(
    const SelectorOptions& options) {
  return PollSelector::Create(options);
}

}  // namespace event_selector
