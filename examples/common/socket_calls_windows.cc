// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <limits>

#include "event/handle.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace {

// Winsock counts bytes in an int.
int IntSize(std::size_t size) {
  constexpr std::size_t kMax = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(size, kMax));
}

// What `result` of a transfer means.
std::ptrdiff_t Moved(int result) {
  if (result >= 0) return result;
  return WSAGetLastError() == WSAEWOULDBLOCK ? kWouldBlock : kBroken;
}

}  // namespace

void CloseSocket(event_selector::Handle socket) { closesocket(socket); }

bool PrepareSocket(event_selector::Handle socket) {
  u_long on = 1;
  return ioctlsocket(socket, static_cast<long>(FIONBIO), &on) == 0 &&
         SetHandleInformation(reinterpret_cast<HANDLE>(socket),
                              HANDLE_FLAG_INHERIT, 0) != 0;
}

void SendAtOnce(event_selector::Handle socket) {
  const BOOL on = TRUE;
  const void* const pointer = &on;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY,
             static_cast<const char*>(pointer), sizeof(on));
}

std::ptrdiff_t Receive(event_selector::Handle socket, char* data,
                       std::size_t size) {
  return Moved(recv(socket, data, IntSize(size), 0));
}

std::ptrdiff_t Send(event_selector::Handle socket, const char* data,
                    std::size_t size) {
  return Moved(send(socket, data, IntSize(size), 0));
}

int TakeError(event_selector::Handle socket) {
  int error = 0;
  void* const pointer = &error;
  int size = sizeof(error);
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, static_cast<char*>(pointer),
                    &size) == 0
             ? error
             : WSAGetLastError();
}

// There is no error queue.
bool SurvivesError(event_selector::Handle socket) {
  return TakeError(socket) == 0;
}

void ResetWhenClosed(event_selector::Handle socket) {
  const linger immediately = {1, 0};
  const void* const pointer = &immediately;
  setsockopt(socket, SOL_SOCKET, SO_LINGER, static_cast<const char*>(pointer),
             sizeof(immediately));
}

void FinishSending(event_selector::Handle socket) { shutdown(socket, SD_SEND); }

}  // namespace examples
