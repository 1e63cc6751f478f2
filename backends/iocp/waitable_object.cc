#include "backends/iocp/waitable_object.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>
#include <winternl.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "backends/iocp/unique_handle.h"
#include "backends/iocp/windows_status.h"
#include "event/handle.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace iocp {
namespace {

using QueryObject = NTSTATUS(NTAPI*)(HANDLE handle, int information_class,
                                     void* information, ULONG size,
                                     ULONG* needed);

// OBJECT_INFORMATION_CLASS: ObjectTypeInformation. The answer begins with the
// name.
constexpr int kTypeInformation = 2;

// Whether the object is of the type `name` ("Mutant"), as the kernel calls it.
bool IsOfType(HANDLE object, const wchar_t* name) {
  // Looked up: winternl.h says that there may be no import library.
  static const auto query =
      reinterpret_cast<QueryObject>(reinterpret_cast<void*>(
          GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryObject")));
  if (query == nullptr) return false;
  alignas(UNICODE_STRING) char answer[1024];
  ULONG size = 0;
  if (query(object, kTypeInformation, answer, sizeof(answer), &size) < 0) {
    return false;
  }
  UNICODE_STRING type;
  std::memcpy(&type, answer, sizeof(type));
  const std::size_t length = std::wcslen(name);
  return type.Length == length * sizeof(wchar_t) &&
         std::memcmp(type.Buffer, name, type.Length) == 0;
}

// Null if the object can be waited for.
const char* WhyNot(HANDLE object) {
  if (IsOfType(object, L"Mutant")) {
    return "a mutex, which would belong to a thread of the system's";
  }
  if (!IsOfType(object, L"File")) return nullptr;
  DWORD mode = 0;
  DWORD records = 0;
  if (GetConsoleMode(object, &mode) == 0) {
    return "a file, a pipe or a socket, whose state says when a call has "
           "ended (sockets are for Add)";
  }
  return GetNumberOfConsoleInputEvents(object, &records) == 0
             ? "the output of a console"
             : nullptr;
}

}  // namespace

absl::StatusOr<UniqueHandle> DuplicateWaitable(absl::string_view call,
                                               HANDLE handle) {
  const auto number = reinterpret_cast<Handle>(handle);
  HANDLE duplicate = nullptr;
  if (DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(),
                      &duplicate, 0, FALSE, DUPLICATE_SAME_ACCESS) == 0) {
    const DWORD error = GetLastError();
    return error == ERROR_INVALID_HANDLE
               ? internal::NotOpenError(call, number)
               : WindowsError(error, "DuplicateHandle");
  }
  UniqueHandle object(duplicate);
  if (const char* const why = WhyNot(object.get()); why != nullptr) {
    return internal::NotPollableError(call, number, why);
  }
  return object;
}

}  // namespace iocp
}  // namespace event_selector
