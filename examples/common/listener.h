#ifndef EXAMPLES_COMMON_LISTENER_H_
#define EXAMPLES_COMMON_LISTENER_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "event/handle.h"
#include "examples/common/descriptor.h"

namespace examples {

// A TCP socket that waits for clients.
class Listener {
 public:
  // Listens on `address`, a numeric IPv4 or IPv6 address, and `port`; port 0
  // lets the system choose.
  static absl::StatusOr<Listener> Create(const std::string& address,
                                         std::uint16_t port);

  event::Handle handle() const { return socket_.get(); }

  // "127.0.0.1:7000" or "[::1]:7000", with the port that was chosen.
  const std::string& name() const { return name_; }

  // The next client's socket, non-blocking. Errors:
  //   kUnavailable   no client is waiting: the next one will bring an event;
  //   anything else  a client is waiting, but cannot be accepted now: the
  //                  process or the system has no descriptor or memory left.
  absl::StatusOr<Descriptor> Accept();

 private:
  Listener(Descriptor socket, std::string name)
      : socket_(std::move(socket)), name_(std::move(name)) {}

  Descriptor socket_;
  std::string name_;
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_LISTENER_H_
