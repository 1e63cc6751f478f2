#include "backends/iocp/socket_identity.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <ws2tcpip.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace event_selector {
namespace iocp {
namespace {

// Family and port: both are at the front of every address of the internet
// families. (The rest of a local address may still change, from "any" to a
// certain one, when the socket is connected.)
constexpr std::size_t kFamilyAndPort = 4;

template <typename Address>
void Fill(int result, const sockaddr_storage& from, int size, Address& to) {
  to.size = 0;
  if (result == SOCKET_ERROR || size <= 0) return;
  to.size = std::min(static_cast<std::size_t>(size), to.bytes.size());
  std::memcpy(to.bytes.data(), &from, to.size);
}

template <typename Address>
bool HasPort(const Address& address) {
  return address.size >= kFamilyAndPort &&
         (address.bytes[2] != 0 || address.bytes[3] != 0);
}

}  // namespace

SocketIdentity SocketIdentity::Of(SOCKET socket) {
  SocketIdentity identity;
  int size = sizeof(identity.type_);
  getsockopt(socket, SOL_SOCKET, SO_TYPE,
             reinterpret_cast<char*>(&identity.type_), &size);
  sockaddr_storage address = {};
  size = sizeof(address);
  int result =
      getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  Fill(result, address, size, identity.local_);
  address = {};
  size = sizeof(address);
  result = getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size);
  Fill(result, address, size, identity.peer_);
  return identity;
}

bool SocketIdentity::IsSurelyNot(const SocketIdentity& now) const {
  if (type_ != now.type_) return true;
  const auto differ = [](const Address& a, const Address& b, std::size_t size) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), size) != 0;
  };
  if (HasPort(local_) && differ(local_, now.local_, kFamilyAndPort)) {
    return true;
  }
  // A datagram socket may be connected to another peer at any time, and a
  // connection that has ended may have forgotten its peer.
  return type_ == SOCK_STREAM && HasPort(peer_) && HasPort(now.peer_) &&
         differ(peer_, now.peer_, peer_.bytes.size());
}

}  // namespace iocp
}  // namespace event_selector
