#include "event/scoped_registration.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace event_selector {
namespace {

absl::Status NoRegistration() {
  return internal::DescribedError(
      absl::StatusCode::kNotFound,
      "the ScopedRegistration holds no registration");
}

}  // namespace

absl::StatusOr<ScopedRegistration> ScopedRegistration::Add(Selector& selector,
                                                           Handle handle,
                                                           Token token,
                                                           Interest interest,
                                                           Mode mode) {
  const absl::Status added = selector.Add(handle, token, interest, mode);
  if (!added.ok()) return added;
  return ScopedRegistration(selector, handle);
}

ScopedRegistration::ScopedRegistration(ScopedRegistration&& other) noexcept
    : selector_(std::exchange(other.selector_, nullptr)),
      handle_(std::exchange(other.handle_, kInvalidHandle)) {}

ScopedRegistration& ScopedRegistration::operator=(
    ScopedRegistration&& other) noexcept {
  if (this == &other) return *this;
  Remove().IgnoreError();
  selector_ = std::exchange(other.selector_, nullptr);
  handle_ = std::exchange(other.handle_, kInvalidHandle);
  return *this;
}

ScopedRegistration::~ScopedRegistration() {
  if (selector_ != nullptr) selector_->Remove(handle_).IgnoreError();
}

absl::Status ScopedRegistration::Modify(Token token, Interest interest,
                                        Mode mode) {
  if (selector_ == nullptr) return NoRegistration();
  return selector_->Modify(handle_, token, interest, mode);
}

absl::Status ScopedRegistration::Remove() {
  if (selector_ == nullptr) return NoRegistration();
  absl::Status removed = selector_->Remove(handle_);
  // A later attempt must not meet a stranger with the same number.
  if (!absl::IsFailedPrecondition(removed)) Release();
  return removed;
}

Handle ScopedRegistration::Release() noexcept {
  selector_ = nullptr;
  return std::exchange(handle_, kInvalidHandle);
}

}  // namespace event_selector
