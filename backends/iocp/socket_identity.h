#ifndef BACKENDS_IOCP_SOCKET_IDENTITY_H_
#define BACKENDS_IOCP_SOCKET_IDENTITY_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

#include <array>
#include <cstddef>

namespace event_selector {
namespace iocp {

// Tells whether a SOCKET still names the object that it named before: its value
// is given again as soon as the object is closed, and Windows has no number
// that is not. So what can be seen of the object is compared.
class SocketIdentity {
 public:
  // That of `socket` as it is now.
  static SocketIdentity Of(SOCKET socket);

  // Whether what `now` names cannot be what this one named: it is of another
  // type, or is bound or connected elsewhere although this one was bound or
  // connected already. False may be wrong, true is not.
  bool IsSurelyNot(const SocketIdentity& now) const;

 private:
  // As much of an address as distinguishes it: all of an IPv4 or IPv6 one.
  struct Address {
    std::array<unsigned char, 28> bytes = {};
    std::size_t size = 0;  // 0: has none.
  };

  int type_ = 0;
  Address local_;
  Address peer_;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_SOCKET_IDENTITY_H_
