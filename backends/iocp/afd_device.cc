#include "backends/iocp/afd_device.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/iocp/ntdll.h"
#include "backends/iocp/unique_handle.h"
#include "backends/iocp/windows_status.h"

namespace event_selector {
namespace iocp {
namespace {

constexpr ULONG kIoctlAfdPoll = 0x00012024;
// Of the device's name, only what follows the driver's part is free.
constexpr wchar_t kName[] = L"\\Device\\Afd\\EventSelector";
// FILE_OPEN of wdm.h.
constexpr ULONG kOpenExisting = 1;

absl::Status OpenDevice(const Ntdll& ntdll, UniqueHandle& device) {
  UNICODE_STRING name = {};
  name.Length = sizeof(kName) - sizeof(wchar_t);
  name.MaximumLength = sizeof(kName);
  name.Buffer = const_cast<wchar_t*>(kName);
  OBJECT_ATTRIBUTES attributes = {};
  attributes.Length = sizeof(attributes);
  attributes.ObjectName = &name;
  IO_STATUS_BLOCK result = {};
  HANDLE handle = nullptr;
  // Not inheritable: the attributes do not say OBJ_INHERIT.
  const NTSTATUS status = ntdll.create_file(
      &handle, SYNCHRONIZE, &attributes, &result, nullptr, 0,
      FILE_SHARE_READ | FILE_SHARE_WRITE, kOpenExisting, 0, nullptr, 0);
  if (status != nt::kSuccess) return NtError(status, "NtCreateFile of AFD");
  device = UniqueHandle(handle);
  return absl::OkStatus();
}

}  // namespace

absl::Status AfdDevice::Open(HANDLE port, std::uintptr_t key) {
  absl::StatusOr<Ntdll> ntdll = FindNtdll();
  if (!ntdll.ok()) return ntdll.status();
  ntdll_ = *ntdll;
  if (absl::Status status = OpenDevice(ntdll_, device_); !status.ok()) {
    return status;
  }
  if (CreateIoCompletionPort(device_.get(), port, key, 0) == nullptr) {
    return WindowsError(GetLastError(), "CreateIoCompletionPort for AFD");
  }
  // A poll that finds its socket ready is its own answer: no packet has to be
  // fetched for it. And nobody waits for the device's handle itself.
  if (SetFileCompletionNotificationModes(
          device_.get(), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS |
                             FILE_SKIP_SET_EVENT_ON_HANDLE) == 0) {
    return WindowsError(GetLastError(), "SetFileCompletionNotificationModes");
  }
  return absl::OkStatus();
}

AfdDevice::Outcome AfdDevice::Poll(SOCKET socket, std::uint32_t events,
                                   PollRequest& request, void* context) const {
  request.info = {};
  request.info.timeout.QuadPart = std::numeric_limits<std::int64_t>::max();
  request.info.number_of_handles = 1;
  request.info.handle = reinterpret_cast<HANDLE>(socket);
  request.info.events = events;
  request.result.Status = nt::kPending;
  const NTSTATUS status = ntdll_.device_io_control_file(
      device_.get(), nullptr, nullptr, context, &request.result, kIoctlAfdPoll,
      &request.info, sizeof(request.info), &request.info, sizeof(request.info));
  switch (status) {
    case nt::kSuccess:
      return Outcome::kReady;
    case nt::kPending:
      return Outcome::kPending;
    case nt::kInvalidHandle:
    case nt::kObjectTypeMismatch:
      return Outcome::kClosed;
    default:
      return nt::IsWarning(status) ? Outcome::kPending : Outcome::kFailed;
  }
}

void AfdDevice::Cancel(PollRequest& request) const {
  IO_STATUS_BLOCK result;
  // That it finds nothing to cancel means that the packet is there.
  ntdll_.cancel_io_file_ex(device_.get(), &request.result, &result);
}

}  // namespace iocp
}  // namespace event_selector
