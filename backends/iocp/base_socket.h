#ifndef BACKENDS_IOCP_BASE_SOCKET_H_
#define BACKENDS_IOCP_BASE_SOCKET_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace event_selector {
namespace iocp {

// The socket that AFD knows behind `socket`: the same one, unless a layered
// service provider (a filter of Winsock, as some security products install)
// stands between. `call` is the function that asks: "Add". Errors:
//   kInvalidArgument    `socket` is not open;
//   kResourceExhausted  no memory or buffers left;
//   kUnimplemented      it is open, but not a socket; or a provider hides its
//                       base socket.
absl::StatusOr<SOCKET> BaseSocket(absl::string_view call, SOCKET socket);

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_BASE_SOCKET_H_
