#ifndef BACKENDS_IOCP_NTDLL_H_
#define BACKENDS_IOCP_NTDLL_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>
#include <winternl.h>

#include "absl/status/statusor.h"

namespace event_selector {
namespace iocp {

// The functions of ntdll.dll that polls of AFD need. They have no import
// library everywhere, so they are looked up by name; what they do is documented
// for drivers, under their names with Zw.
struct Ntdll {
  decltype(&::NtCreateFile) create_file;
  decltype(&::NtDeviceIoControlFile) device_io_control_file;
  NTSTATUS(NTAPI* cancel_io_file_ex)
  (HANDLE file, PIO_STATUS_BLOCK request, PIO_STATUS_BLOCK result);
};

// The functions, looked up once for the process. Errors: kUnimplemented (one is
// missing). Thread-safe.
absl::StatusOr<Ntdll> FindNtdll();

// The values of NTSTATUS that matter here, from ntstatus.h, which cannot be
// included together with windows.h.
namespace nt {
inline constexpr NTSTATUS kSuccess = 0;
inline constexpr NTSTATUS kPending = 0x103;
inline constexpr NTSTATUS kInvalidHandle = static_cast<NTSTATUS>(0xC0000008);
inline constexpr NTSTATUS kObjectTypeMismatch =
    static_cast<NTSTATUS>(0xC0000024);
inline constexpr NTSTATUS kInsufficientResources =
    static_cast<NTSTATUS>(0xC000009A);
inline constexpr NTSTATUS kNoMemory = static_cast<NTSTATUS>(0xC0000017);
inline constexpr NTSTATUS kTooManyOpenedFiles =
    static_cast<NTSTATUS>(0xC000011F);

// Whether `status` is a warning, as NT_WARNING of ntdef.h says: the two highest
// bits are the severity. A request that returns one is complete, and its packet
// is queued as of a success; only an error has none.
constexpr bool IsWarning(NTSTATUS status) {
  return static_cast<ULONG>(status) >> 30 == 2;
}
}  // namespace nt

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_NTDLL_H_
