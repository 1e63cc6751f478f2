#include "backends/iocp/base_socket.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "backends/iocp/windows_status.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace iocp {
namespace {

// From mswsock.h, which not every SDK gives by itself.
constexpr DWORD kSioBaseHandle = 0x48000022;
constexpr DWORD kSioBspHandlePoll = 0x4800001D;

// What the ioctl says is behind `socket`; INVALID_SOCKET where it fails.
SOCKET Ask(SOCKET socket, DWORD code) {
  SOCKET base = INVALID_SOCKET;
  DWORD size = 0;
  if (WSAIoctl(socket, code, nullptr, 0, &base, sizeof(base), &size, nullptr,
               nullptr) == SOCKET_ERROR) {
    return INVALID_SOCKET;
  }
  return base;
}

// What the open handle `handle`, which is no socket, is; empty if it is not
// open.
absl::string_view KindOf(HANDLE handle) {
  // Negative numbers name no handle, though some answer: that of
  // INVALID_SOCKET is also the pseudo handle of the process
  // (GetCurrentProcess).
  if (reinterpret_cast<std::intptr_t>(handle) < 0) return "";
  DWORD flags = 0;
  if (GetHandleInformation(handle, &flags) == 0) return "";
  switch (GetFileType(handle)) {
    case FILE_TYPE_DISK:
      return "a file";
    case FILE_TYPE_CHAR:
      return "a console or another character device";
    case FILE_TYPE_PIPE:
      return "a pipe";
    default:
      return "no file (a process, an event, ...)";
  }
}

absl::Status NoSocketError(absl::string_view call, SOCKET socket, DWORD error) {
  if (error == WSAENOTSOCK || error == WSAEBADF || error == WSAEINVAL ||
      error == ERROR_INVALID_HANDLE) {
    const absl::string_view kind = KindOf(reinterpret_cast<HANDLE>(socket));
    return kind.empty() ? internal::NotOpenError(call, socket)
                        : internal::NotPollableError(call, socket, kind);
  }
  return WindowsError(error, absl::StrCat("no base socket of ", socket));
}

}  // namespace

absl::StatusOr<SOCKET> BaseSocket(absl::string_view call, SOCKET socket) {
  // Wine answers SIO_BASE_HANDLE for any number, open or not.
  int type = 0;
  int type_size = sizeof(type);
  if (getsockopt(socket, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type),
                 &type_size) == SOCKET_ERROR) {
    return NoSocketError(call, socket, static_cast<DWORD>(WSAGetLastError()));
  }
  const SOCKET base = Ask(socket, kSioBaseHandle);
  if (base != INVALID_SOCKET) return base;
  const auto error = static_cast<DWORD>(WSAGetLastError());
  // Providers that should not, by its documentation, intercept SIO_BASE_HANDLE,
  // and fail. Then the handle for WSAPoll leads one layer further down, at
  // least (wepoll#18, libuv#2714).
  const SOCKET next = Ask(socket, kSioBspHandlePoll);
  if (next != INVALID_SOCKET && next != socket) {
    const SOCKET lower = Ask(next, kSioBaseHandle);
    if (lower != INVALID_SOCKET) return lower;
  }
  return NoSocketError(call, socket, error);
}

}  // namespace iocp
}  // namespace event_selector
