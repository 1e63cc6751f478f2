#include "backends/iocp/windows_status.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <cstdint>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "backends/iocp/ntdll.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace iocp {
namespace {

absl::StatusCode CodeOf(std::uint32_t error) {
  switch (error) {
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_TOO_MANY_OPEN_FILES:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_NOT_ENOUGH_QUOTA:
    case WSAEMFILE:
    case WSAENOBUFS:
      return absl::StatusCode::kResourceExhausted;
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_NOT_SUPPORTED:
      return absl::StatusCode::kUnimplemented;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status WindowsError(std::uint32_t error, absl::string_view what) {
  return internal::ErrorWithText(CodeOf(error), [&] {
    return absl::StrCat(what, ": ",
                        std::system_category().message(static_cast<int>(error)),
                        " [", error, "]");
  });
}

absl::Status NtError(std::int32_t status, absl::string_view what) {
  const bool is_exhausted = status == nt::kInsufficientResources ||
                            status == nt::kNoMemory ||
                            status == nt::kTooManyOpenedFiles;
  return internal::DescribedError(
      is_exhausted ? absl::StatusCode::kResourceExhausted
                   : absl::StatusCode::kInternal,
      what, ": NTSTATUS 0x", absl::Hex(status, absl::kZeroPad8));
}

}  // namespace iocp
}  // namespace event_selector
