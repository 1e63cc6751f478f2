#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "descriptor.h"
#include "listen.h"

namespace key_value_server {

absl::StatusOr<Listening> Listen(const std::string& address,
                                 std::uint16_t port) {
  sockaddr_in where = {};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(address, " is no IPv4 address"));
  }
  Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  const int on = 1;
  socklen_t size = sizeof(where);
  void* const pointer = &where;
  auto* const generic = static_cast<sockaddr*>(pointer);
  // A server that is started again does not wait for its former connections to
  // time out.
  if (!socket.valid() || fcntl(socket.get(), F_SETFL, O_NONBLOCK) != 0 ||
      fcntl(socket.get(), F_SETFD, FD_CLOEXEC) != 0 ||
      setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) !=
          0 ||
      bind(socket.get(), generic, size) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0 ||
      getsockname(socket.get(), generic, &size) != 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("listening on ", address, " port ", port));
  }
  return Listening{std::move(socket), ntohs(where.sin_port)};
}

}  // namespace key_value_server
