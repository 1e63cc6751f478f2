#include "backends/iocp/completion_port.h"

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "backends/iocp/unique_handle.h"
#include "backends/iocp/windows_status.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace iocp {
namespace {

// INFINITE is the largest number, and not a time.
DWORD Milliseconds(const internal::WaitTimeout& timeout) {
  return timeout.is_forever() ? INFINITE
                              : static_cast<DWORD>(timeout.milliseconds());
}

}  // namespace

absl::Status CompletionPort::Open() {
  // As many threads at once as there are processors: a limit of 1 can keep the
  // only thread that would go on from running (mio#1161).
  port_ =
      UniqueHandle(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0));
  if (!port_.valid()) {
    return WindowsError(GetLastError(), "CreateIoCompletionPort");
  }
  return absl::OkStatus();
}

int CompletionPort::Fetch(absl::Span<OVERLAPPED_ENTRY> room,
                          const internal::WaitTimeout& timeout) const {
  ULONG count = 0;
  if (GetQueuedCompletionStatusEx(
          port_.get(), room.data(), static_cast<ULONG>(room.size()), &count,
          Milliseconds(timeout), /*fAlertable=*/FALSE) != 0) {
    return static_cast<int>(count);
  }
  return GetLastError() == WAIT_TIMEOUT ? 0 : -1;
}

bool CompletionPort::Post(PacketKey key, void* context) const {
  return PostQueuedCompletionStatus(port_.get(), 0, static_cast<ULONG_PTR>(key),
                                    static_cast<OVERLAPPED*>(context)) != 0;
}

}  // namespace iocp
}  // namespace event_selector
