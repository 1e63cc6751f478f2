#ifndef KEY_VALUE_SERVER_LISTEN_H_
#define KEY_VALUE_SERVER_LISTEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "descriptor.h"

namespace key_value_server {

struct Listening {
  Descriptor socket;  // Non-blocking.
  std::uint16_t port = 0;
};

// Listens on `address`, a numeric IPv4 address, and `port`; 0 lets the system
// choose one. Errors: kInvalidArgument, and what bind(2) says.
absl::StatusOr<Listening> Listen(const std::string& address,
                                 std::uint16_t port);

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_LISTEN_H_
