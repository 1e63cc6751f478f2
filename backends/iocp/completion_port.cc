#include "backends/iocp/completion_port.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "backends/iocp/unique_handle.h"
#include "backends/iocp/windows_status.h"
#include "backends/wait_timeout.h"

namespace event_selector {
namespace iocp {
namespace {

DWORD Milliseconds(const backends::WaitTimeout& timeout) {
  constexpr std::int64_t kNanoseconds = 1'000'000;
  // 24 days; INFINITE is the largest number, and not a time.
  constexpr std::int64_t kMost = 0x7fff'ffff;
  const std::int64_t left = timeout.remaining_ns();
  if (left == backends::WaitTimeout::kForever) return INFINITE;
  const std::int64_t rounded_up =
      left / kNanoseconds + (left % kNanoseconds != 0 ? 1 : 0);
  return static_cast<DWORD>(std::min(rounded_up, kMost));
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
                          const backends::WaitTimeout& timeout) const {
  ULONG count = 0;
  if (GetQueuedCompletionStatusEx(
          port_.get(), room.data(), static_cast<ULONG>(room.size()), &count,
          Milliseconds(timeout), /*fAlertable=*/FALSE) != 0) {
    return static_cast<int>(count);
  }
  return GetLastError() == WAIT_TIMEOUT ? 0 : -1;
}

bool CompletionPort::Post(PacketKey key) const {
  return PostQueuedCompletionStatus(port_.get(), 0, static_cast<ULONG_PTR>(key),
                                    nullptr) != 0;
}

}  // namespace iocp
}  // namespace event_selector
