#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "event/handle.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace {

// What `result` of a transfer means.
std::ptrdiff_t Moved(ssize_t result) {
  if (result >= 0) return result;
  return errno == EAGAIN || errno == EWOULDBLOCK ? kWouldBlock : kBroken;
}

// An option of SOL_SOCKET, or the error of asking for it.
int GetOption(event_selector::Handle socket, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  return getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value
                                                                  : errno;
}

}  // namespace

void CloseSocket(event_selector::Handle socket) { close(socket); }

bool PrepareSocket(event_selector::Handle socket) {
  const int flags = fcntl(socket, F_GETFL);
  return flags >= 0 && fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0 &&
         fcntl(socket, F_SETFD, FD_CLOEXEC) == 0;
}

void SendAtOnce(event_selector::Handle socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

std::ptrdiff_t Receive(event_selector::Handle socket, char* data,
                       std::size_t size) {
  ssize_t received;
  do {
    received = recv(socket, data, size, 0);
  } while (received < 0 && errno == EINTR);
  return Moved(received);
}

std::ptrdiff_t Send(event_selector::Handle socket, const char* data,
                    std::size_t size) {
  // The program ignores SIGPIPE: a write to a client that is gone is an error
  // like others.
  ssize_t sent;
  do {
    sent = send(socket, data, size, 0);
  } while (sent < 0 && errno == EINTR);
  return Moved(sent);
}

int TakeError(event_selector::Handle socket) {
  return GetOption(socket, SO_ERROR);
}

bool SurvivesError(event_selector::Handle socket) {
#if defined(MSG_ERRQUEUE)
  // Others have no such queue, and AF_UNIX takes this for an ordinary read.
  const int family = GetOption(socket, SO_DOMAIN);
  if (family == AF_INET || family == AF_INET6) {
    // Before SO_ERROR, which repeats the newest message of the network until it
    // is read here.
    ssize_t received;
    do {
      // No room for the data, which is what was sent, nor for the report.
      msghdr report = {};
      received = recvmsg(socket, &report, MSG_ERRQUEUE | MSG_DONTWAIT);
    } while (received >= 0 || errno == EINTR);
  }
#endif
  return TakeError(socket) == 0;
}

void ResetWhenClosed(event_selector::Handle socket) {
  const linger immediately = {1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &immediately, sizeof(immediately));
}

void FinishSending(event_selector::Handle socket) { shutdown(socket, SHUT_WR); }

}  // namespace examples
