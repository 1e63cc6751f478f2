#include "backends/iocp/ntdll.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace iocp {
namespace {

template <typename Function>
absl::Status Find(const char* name, Function& function) {
  // Part of every process: never unloaded.
  const HMODULE module = GetModuleHandleW(L"ntdll.dll");
  // By way of a pointer that converts to any function's, without a warning.
  function = module == nullptr
                 ? nullptr
                 : reinterpret_cast<Function>(
                       reinterpret_cast<void*>(GetProcAddress(module, name)));
  if (function != nullptr) return absl::OkStatus();
  return internal::DescribedError(absl::StatusCode::kUnimplemented,
                                  "ntdll.dll has no ", name, " on this system");
}

absl::StatusOr<Ntdll> LookUp() {
  Ntdll ntdll = {};
  absl::Status status = Find("NtCreateFile", ntdll.create_file);
  status.Update(Find("NtDeviceIoControlFile", ntdll.device_io_control_file));
  status.Update(Find("NtCancelIoFileEx", ntdll.cancel_io_file_ex));
  if (!status.ok()) return status;
  return ntdll;
}

}  // namespace

absl::StatusOr<Ntdll> FindNtdll() {
  // Looked up again each time: a static would be made by an allocation, and
  // destroyed at the end of the process.
  return LookUp();
}

}  // namespace iocp
}  // namespace event_selector
