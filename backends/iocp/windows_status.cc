#include "backends/iocp/windows_status.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <cstdint>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "backends/iocp/ntdll.h"

namespace event_selector {
namespace iocp {

absl::Status WindowsError(std::uint32_t error, absl::string_view what) {
  const std::string message = absl::StrCat(
      what, ": ", std::system_category().message(static_cast<int>(error)), " [",
      error, "]");
  switch (error) {
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_TOO_MANY_OPEN_FILES:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_NOT_ENOUGH_QUOTA:
    case WSAEMFILE:
    case WSAENOBUFS:
      return absl::ResourceExhaustedError(message);
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_NOT_SUPPORTED:
      return absl::UnimplementedError(message);
    default:
      return absl::InternalError(message);
  }
}

absl::Status NtError(std::int32_t status, absl::string_view what) {
  const std::string message =
      absl::StrCat(what, ": NTSTATUS 0x", absl::Hex(status, absl::kZeroPad8));
  switch (status) {
    case nt::kInsufficientResources:
    case nt::kNoMemory:
    case nt::kTooManyOpenedFiles:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

}  // namespace iocp
}  // namespace event_selector
