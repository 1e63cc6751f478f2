#include "examples/echo_server/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "event/handle.h"
#include "examples/echo_server/descriptor.h"

namespace echo {
namespace {

absl::Status SystemError(const char* call) {
  return absl::ErrnoToStatus(errno, call);
}

// Non-blocking, since edge-triggered work goes on until a call would block.
bool Prepare(event::Handle fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
         fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

void SetOption(event::Handle fd, int level, int option) {
  const int on = 1;
  setsockopt(fd, level, option, &on, sizeof(on));
}

absl::StatusOr<std::string> LocalName(event::Handle fd) {
  sockaddr_storage storage;
  socklen_t size = sizeof(storage);
  void* const address = &storage;
  if (getsockname(fd, static_cast<sockaddr*>(address), &size) != 0) {
    return SystemError("getsockname");
  }
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  const int error =
      getnameinfo(static_cast<sockaddr*>(address), size, host, sizeof(host),
                  port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
  if (error != 0) return absl::InternalError(gai_strerror(error));
  return storage.ss_family == AF_INET6 ? absl::StrCat("[", host, "]:", port)
                                       : absl::StrCat(host, ":", port);
}

}  // namespace

absl::StatusOr<Listener> Listener::Create(const std::string& address,
                                          std::uint16_t port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.c_str(), absl::StrCat(port).c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(address, ": ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> info(found,
                                                                &freeaddrinfo);

  Descriptor socket(::socket(info->ai_family, info->ai_socktype, 0));
  if (!socket.valid()) return SystemError("socket");
  if (!Prepare(socket.get())) return SystemError("fcntl");
  // A server that is started again should not wait for the connections of its
  // former life to time out.
  SetOption(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  if (bind(socket.get(), info->ai_addr, info->ai_addrlen) != 0) {
    return SystemError("bind");
  }
  // The queue of clients that are connected but not accepted yet. A long one
  // serves a sudden crowd; the system cuts it to its own limit.
  if (listen(socket.get(), SOMAXCONN) != 0) return SystemError("listen");
  absl::StatusOr<std::string> name = LocalName(socket.get());
  if (!name.ok()) return name.status();
  return Listener(std::move(socket), *std::move(name));
}

absl::StatusOr<Descriptor> Listener::Accept() {
  while (true) {
    Descriptor client(accept(handle(), nullptr, nullptr));
    if (client.valid()) {
      if (!Prepare(client.get())) return SystemError("fcntl");
      // What is sent back should leave at once, not wait for more to join it.
      SetOption(client.get(), IPPROTO_TCP, TCP_NODELAY);
      return client;
    }
    switch (errno) {
      case EAGAIN:
#if EWOULDBLOCK != EAGAIN
      case EWOULDBLOCK:
#endif
        return absl::UnavailableError("no client is waiting");
      case EINTR:
      case ECONNABORTED:  // It gave up while it waited; the next may not have.
      case EPROTO:
        continue;
      default:
        return absl::ResourceExhaustedError(
            absl::StrCat("accept: ", std::strerror(errno)));
    }
  }
}

}  // namespace echo
