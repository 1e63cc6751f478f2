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
#include "absl/strings/numbers.h"
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
bool IsOutOfResources(int error) {
  return error == WSAEMFILE || error == WSAENOBUFS;
}

// Here it would let another process take the port away: the default is what
// it is for elsewhere.
constexpr int kReuseAddress = SO_EXCLUSIVEADDRUSE;
constexpr int kReusePort = 0;

#else

bool IsNoClient(int error) { return error == EAGAIN || error == EWOULDBLOCK; }
// Linux passes on what the network said of a client that waits (accept(2),
// "Error handling"), and EPERM if a firewall has forbidden it.
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
bool IsOutOfResources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS ||
         error == ENOMEM;
}

constexpr int kReuseAddress = SO_REUSEADDR;
#if defined(SO_REUSEPORT_LB)
constexpr int kReusePort = SO_REUSEPORT_LB;
#elif defined(SO_REUSEPORT)
constexpr int kReusePort = SO_REUSEPORT;
#else
constexpr int kReusePort = 0;
#endif

#endif

// Clients in a row that have given up: more of them mean that something else is
// wrong.
constexpr int kMostGivenUp = 1000;

bool SetOption(event_selector::Handle fd, int level, int option) {
  const int on = 1;
  const void* const value = &on;
  return setsockopt(fd, level, option, static_cast<const char*>(value),
                    sizeof(on)) == 0;
}

absl::Status SharePort(event_selector::Handle fd) {
  if (kReusePort == 0) {
    return absl::UnimplementedError("this system has no SO_REUSEPORT");
  }
  return SetOption(fd, SOL_SOCKET, kReusePort) ? absl::OkStatus()
                                               : SystemError("SO_REUSEPORT");
}

// The address is the user's: an error names it, and says what may be wrong.
absl::Status BindError(int error, const std::string& address,
                       std::uint16_t port) {
  const std::string text =
      absl::StrCat("listening on ", address, " port ", port,
                   " (--bind, --port): ", ErrorText(error));
#if defined(_WIN32)
  constexpr int kInUse = WSAEADDRINUSE;
  constexpr int kNotHere = WSAEADDRNOTAVAIL;
  constexpr int kForbidden = WSAEACCES;
#else
  constexpr int kInUse = EADDRINUSE;
  constexpr int kNotHere = EADDRNOTAVAIL;
  constexpr int kForbidden = EACCES;
#endif
  switch (error) {
    case kInUse:
      return absl::FailedPreconditionError(text);
    case kNotHere:
      return absl::InvalidArgumentError(text);
    case kForbidden:
      return absl::PermissionDeniedError(text);
    default:
      return absl::InternalError(text);
  }
}

struct Address {
  std::string name;
  std::uint16_t port = 0;
};

absl::StatusOr<Address> LocalAddress(event_selector::Handle fd) {
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
  Address result;
  int number = 0;
  if (error != 0 || !absl::SimpleAtoi(port, &number)) {
    return absl::InternalError(gai_strerror(error));
  }
  result.port = static_cast<std::uint16_t>(number);
  result.name = storage.ss_family == AF_INET6
                    ? absl::StrCat("[", host, "]:", port)
                    : absl::StrCat(host, ":", port);
  return result;
}

}  // namespace

absl::StatusOr<Listener> Listener::Create(const std::string& address,
                                          std::uint16_t port, Port use) {
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
  SetOption(socket.get(), SOL_SOCKET, kReuseAddress);
  if (use == Port::kShared) {
    const absl::Status shared = SharePort(socket.get());
    if (!shared.ok()) return shared;
  }
  if (bind(socket.get(), info->ai_addr,
           static_cast<socklen_t>(info->ai_addrlen)) != 0) {
    return BindError(LastError(), address, port);
  }
  // The queue of clients that are connected but not accepted yet. A long one
  // serves a sudden crowd; the system cuts it to its own limit.
  if (listen(socket.get(), SOMAXCONN) != 0) {
    return BindError(LastError(), address, port);
  }
  absl::StatusOr<Address> local = LocalAddress(socket.get());
  if (!local.ok()) return local.status();
  return Listener(std::move(socket), std::move(local->name), local->port);
}

absl::StatusOr<Descriptor> Listener::Accept() const {
  int error = 0;
  for (int i = 0; i < kMostGivenUp; ++i) {
    Descriptor client(accept(handle(), nullptr, nullptr));
    if (client.valid()) {
      if (!PrepareSocket(client.get())) return SystemError("O_NONBLOCK");
      // What is sent back should leave at once, not wait for more to join it.
      SendAtOnce(client.get());
      return client;
    }
    error = LastError();
    if (IsNoClient(error))
      return absl::UnavailableError("no client is waiting");
    // A client gave up while it waited; the next may not have.
    if (!HasGivenUp(error)) break;
  }
  const std::string text = absl::StrCat("accept: ", ErrorText(error));
  return IsOutOfResources(error) ? absl::ResourceExhaustedError(text)
                                 : absl::InternalError(text);
}

}  // namespace examples
