#ifndef EVENT_INTERNAL_DESCRIBED_ERROR_H_
#define EVENT_INTERNAL_DESCRIBED_ERROR_H_

#include <new>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"

namespace event_selector {
namespace internal {

// Calls `make`, which may allocate. False if there was no memory for it. (In a
// build without exceptions, what the C++ library allocates ends the process
// then.)
template <typename Make>
bool HasMemoryFor(const Make& make) {
#if defined(ABSL_HAVE_EXCEPTIONS)
  try {
    make();
  } catch (const std::bad_alloc&) {
    return false;
  }
#else
  make();
#endif
  return true;
}

// The error `code` with what `make_text` returns; without a text if there is no
// memory for one. Throws nothing.
template <typename MakeText>
absl::Status ErrorWithText(absl::StatusCode code, const MakeText& make_text) {
  absl::Status status(code, "");  // Allocates nothing.
  HasMemoryFor([&] { status = absl::Status(code, make_text()); });
  return status;
}

// The error `code` with a text of `parts`, which absl::StrCat takes.
template <typename... Parts>
absl::Status DescribedError(absl::StatusCode code, const Parts&... parts) {
  return ErrorWithText(code, [&] { return absl::StrCat(parts...); });
}

// The error of `call` ("Add") on `handle` with a reason of `parts`.
template <typename... Parts>
absl::Status CallError(absl::StatusCode code, absl::string_view call,
                       Handle handle, const Parts&... parts) {
  return DescribedError(code, call, " of handle ", handle, ": ", parts...);
}

// There is no memory for `what` ("a registration").
inline absl::Status NoMemoryError(const char* what) {
  return DescribedError(absl::StatusCode::kResourceExhausted,
                        "no memory left for ", what);
}

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_DESCRIBED_ERROR_H_
