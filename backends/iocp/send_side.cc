#include "backends/iocp/send_side.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

namespace event_selector {
namespace iocp {

bool IsSendShutDown(SOCKET socket) {
  const int last_error = WSAGetLastError();
  const bool is_shut_down = send(socket, "", 0, 0) == SOCKET_ERROR &&
                            WSAGetLastError() == WSAESHUTDOWN;
  WSASetLastError(last_error);
  return is_shut_down;
}

}  // namespace iocp
}  // namespace event_selector
