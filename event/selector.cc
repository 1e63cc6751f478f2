#include "event/selector.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/handle.h"
#include "event/internal/described_error.h"

namespace event_selector {

Selector::~Selector() = default;

absl::Status Selector::HandOver() {
  return internal::DescribedError(
      absl::StatusCode::kUnimplemented,
      "this kind of selector does not override HandOver");
}

absl::StatusOr<Handle> Selector::descriptor() const {
  return internal::DescribedError(
      absl::StatusCode::kUnimplemented,
      "this kind of selector has no descriptor to watch it by");
}

}  // namespace event_selector
