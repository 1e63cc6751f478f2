#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>

#include "event/handle.h"
#include "socket_calls.h"

namespace key_value_server {
namespace {

std::ptrdiff_t Moved(ssize_t result) {
  if (result >= 0) return result;
  return errno == EAGAIN || errno == EWOULDBLOCK ? kWouldBlock : kBroken;
}

// Of one client that waited: the next may have more luck. Linux tells here what
// the network said of it (accept(2), "Error handling").
bool HasGivenUp(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPERM:
      return true;
    default:
      return false;
  }
}

// An option of SOL_SOCKET, or the error of asking for it.
int GetOption(event_selector::Handle socket, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  return getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value
                                                                  : errno;
}

bool Prepare(int client) {
  const int flags = fcntl(client, F_GETFL);
  const int on = 1;
  // A reply leaves at once, and does not wait for more to join it.
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return flags >= 0 && fcntl(client, F_SETFL, flags | O_NONBLOCK) == 0 &&
         fcntl(client, F_SETFD, FD_CLOEXEC) == 0;
}

}  // namespace

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
  ssize_t sent;
  do {
    sent = send(socket, data, size, 0);  // The program ignores SIGPIPE.
  } while (sent < 0 && errno == EINTR);
  return Moved(sent);
}

bool SurvivesError(event_selector::Handle socket) {
#if defined(MSG_ERRQUEUE)
  // IP has such a queue; AF_UNIX takes this for an ordinary read.
  const int family = GetOption(socket, SO_DOMAIN);
  if (family == AF_INET || family == AF_INET6) {
    ssize_t received;
    do {
      msghdr report = {};
      received = recvmsg(socket, &report, MSG_ERRQUEUE | MSG_DONTWAIT);
    } while (received >= 0 || errno == EINTR);
  }
#endif
  return GetOption(socket, SO_ERROR) == 0;
}

void FinishSending(event_selector::Handle socket) { shutdown(socket, SHUT_WR); }

void CloseSocket(event_selector::Handle socket) { close(socket); }

AcceptResult Accept(event_selector::Handle listener) {
  constexpr int kMostGivenUp = 100;
  for (int i = 0; i < kMostGivenUp; ++i) {
    const int client = accept(listener, nullptr, nullptr);
    if (client >= 0) {
      if (Prepare(client)) return {client, AcceptError::kNone};
      close(client);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return {event_selector::kInvalidHandle, AcceptError::kNoClient};
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        return {event_selector::kInvalidHandle, AcceptError::kOutOfResources};
      default:
        if (HasGivenUp(errno)) continue;
        return {event_selector::kInvalidHandle, AcceptError::kOther};
    }
  }
  // The event comes again.
  return {event_selector::kInvalidHandle, AcceptError::kNoClient};
}

std::chrono::nanoseconds Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace key_value_server
