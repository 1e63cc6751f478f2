#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/selector.h"
#include "event/selector_options.h"

namespace event {

absl::StatusOr<std::unique_ptr<Selector>> Selector::Create(
    const SelectorOptions& /*options*/) {
  return absl::UnimplementedError(
      "the kqueue backend (--//backends:backend=kqueue) is not implemented "
      "yet");
}

}  // namespace event
