#ifndef BACKENDS_IOCP_WINDOWS_STATUS_H_
#define BACKENDS_IOCP_WINDOWS_STATUS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace event_selector {
namespace iocp {

// The status for a call of Windows' that failed with `error`, a code of
// GetLastError() or WSAGetLastError(): `what` says which call it was.
//   kResourceExhausted  no handles, memory or buffers left;
//   kUnimplemented      the system does not have the call;
//   kInternal           anything else: not expected.
absl::Status WindowsError(std::uint32_t error, absl::string_view what);

// The same for an NTSTATUS, as the functions of ntdll.dll return it.
absl::Status NtError(std::int32_t status, absl::string_view what);

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_WINDOWS_STATUS_H_
