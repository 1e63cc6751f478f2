#ifndef EXAMPLES_TCP_PROXY_TARGET_H_
#define EXAMPLES_TCP_PROXY_TARGET_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "examples/common/descriptor.h"

struct addrinfo;

namespace examples {
namespace proxy {

// Where the proxy connects to: the addresses of one host and port.
class Target {
 public:
  // `name` is "127.0.0.1:80", "[::1]:80" or "example.com:http". Looks a name up
  // once, and blocks meanwhile: an event loop must not, so call it before.
  static absl::StatusOr<Target> Resolve(absl::string_view name);

  // At least one. "localhost" often has two, and only one of them listens.
  std::size_t addresses() const { return addresses_.size(); }

  // A non-blocking socket that fits the address of number `address`.
  absl::StatusOr<Descriptor> MakeSocket(std::size_t address) const;

  // Begins to connect it. A connection takes a while, and a non-blocking socket
  // does not wait for it: it becomes writable when the attempt has ended, well
  // or not, and TakeError tells which. False if it has failed already.
  [[nodiscard]] bool StartConnect(event_selector::Handle socket,
                                  std::size_t address) const;

 private:
  struct Free {
    void operator()(addrinfo* list) const;
  };
  using List = std::unique_ptr<addrinfo, Free>;

  Target(List list, std::vector<const addrinfo*> addresses)
      : list_(std::move(list)), addresses_(std::move(addresses)) {}

  List list_;
  std::vector<const addrinfo*> addresses_;  // In `list_`.
};

}  // namespace proxy
}  // namespace examples

#endif  // EXAMPLES_TCP_PROXY_TARGET_H_
