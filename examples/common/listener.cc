#include "examples/common/listener.h"

#if defined(_WIN32)
// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "event/handle.h"
#include "examples/common/descriptor.h"
#include "examples/common/socket_calls.h"
#include "examples/common/system_error.h"

namespace examples {
namespace {

#if defined(_WIN32)

bool IsNoClient(int error) { return error == WSAEWOULDBLOCK; }
bool HasGivenUp(int error) { return error == WSAECONNRESET; }

// Here it would let another process take the port away: the default is what
// it is for elsewhere.
constexpr int kReuseAddress = SO_EXCLUSIVEADDRUSE;

#else

bool IsNoClient(int error) { return error == EAGAIN || error == EWOULDBLOCK; }
bool HasGivenUp(int error) {
  return error == EINTR || error == ECONNABORTED || error == EPROTO;
}

constexpr int kReuseAddress = SO_REUSEADDR;

#endif

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
  if (!PrepareSocket(socket.get())) return SystemError("O_NONBLOCK");
  // A server that is started again should not wait for the connections of its
  // former life to time out.
  const int on = 1;
  const void* const value = &on;
  setsockopt(socket.get(), SOL_SOCKET, kReuseAddress,
             static_cast<const char*>(value), sizeof(on));
  if (bind(socket.get(), info->ai_addr,
           static_cast<socklen_t>(info->ai_addrlen)) != 0) {
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
      if (!PrepareSocket(client.get())) return SystemError("O_NONBLOCK");
      // What is sent back should leave at once, not wait for more to join it.
      SendAtOnce(client.get());
      return client;
    }
    const int error = LastError();
    if (IsNoClient(error))
      return absl::UnavailableError("no client is waiting");
    // A client gave up while it waited; the next may not have.
    if (HasGivenUp(error)) continue;
    return absl::ResourceExhaustedError(
        absl::StrCat("accept: ", ErrorText(error)));
  }
}

}  // namespace examples
