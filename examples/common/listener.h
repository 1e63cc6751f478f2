#ifndef EXAMPLES_COMMON_LISTENER_H_
#define EXAMPLES_COMMON_LISTENER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "event/handle.h"
#include "examples/common/descriptor.h"

namespace examples {

// A TCP socket that waits for clients. Copies are one and the same socket, for
// several threads; it is closed with the last of them.
class Listener {
 public:
  enum class Port {
    kOwn,  // Nobody else may listen there.
    // Others may, if they ask for the same: SO_REUSEPORT. Each client comes to
    // one of them. On Linux (socket(7)) and FreeBSD (SO_REUSEPORT_LB), a hash
    // of its address and port says to which, so that many clients are spread
    // about evenly; other systems promise nothing, and macOS gives all of them
    // to one. Only processes of one user may share, which also means: a second
    // server that is started by mistake is not noticed.
    kShared,
  };

  // Listens on `address`, a numeric IPv4 or IPv6 address, and `port`; port 0
  // lets the system choose one that nobody uses. Errors:
  //   kFailedPrecondition  another program listens there;
  //   kInvalidArgument     no address, or none of this machine's;
  //   kPermissionDenied    the port needs rights that the process has not;
  //   kUnimplemented       the system has no shared ports (Windows).
  static absl::StatusOr<Listener> Create(const std::string& address,
                                         std::uint16_t port,
                                         Port use = Port::kOwn);

  event_selector::Handle handle() const { return socket_->get(); }

  // The port that was asked for, or chosen.
  std::uint16_t port() const { return port_; }

  // "127.0.0.1:7000" or "[::1]:7000", with the port that was chosen.
  const std::string& name() const { return name_; }

  // The next client's socket, non-blocking. Errors:
  //   kUnavailable        no client is waiting: the next one will bring an
  //                       event;
  //   kResourceExhausted  a client is waiting, but cannot be accepted now: the
  //                       process or the system has no descriptor or memory
  //                       left;
  //   kInternal           the system refuses for another reason, which the
  //                       message names.
  // May be called by several threads at once: each gets clients of its own.
  absl::StatusOr<Descriptor> Accept() const;

 private:
  Listener(Descriptor socket, std::string name, std::uint16_t port)
      : socket_(std::make_shared<const Descriptor>(std::move(socket))),
        name_(std::move(name)),
        port_(port) {}

  std::shared_ptr<const Descriptor> socket_;
  std::string name_;
  std::uint16_t port_;
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_LISTENER_H_
