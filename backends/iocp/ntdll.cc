#include "backends/iocp/ntdll.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

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
  return absl::UnimplementedError(
      absl::StrCat("ntdll.dll has no ", name, " on this system"));
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
  static const absl::StatusOr<Ntdll>& ntdll =
      *new absl::StatusOr<Ntdll>(LookUp());
  return ntdll;
}

}  // namespace iocp
}  // namespace event_selector
