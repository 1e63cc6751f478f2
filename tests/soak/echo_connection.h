#ifndef TESTS_SOAK_ECHO_CONNECTION_H_
#define TESTS_SOAK_ECHO_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "event/handle.h"
#include "event/interest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {

// The two ends of a stream: `Pump` reads and writes until it would block, as
// edges ask for. Thread-safe, since one end's edges may go to several threads.

// For oneshot use: called at the end of `Pump`, under the end's lock, with what
// the end waits for now.
using RearmFunction = absl::FunctionRef<void(Interest)>;

// Sends back what it receives. Reads no more while something is left to send.
class EchoServerEnd {
 public:
  explicit EchoServerEnd(testing::Socket socket) : socket_(std::move(socket)) {}

  Handle handle() const { return socket_.handle(); }

  // What went wrong, if something did.
  std::optional<std::string> Pump(RearmFunction rearm);

 private:
  std::optional<std::string> Move();

  std::mutex mutex_;
  testing::Socket socket_;
  std::string pending_;
};

// Sends bytes of which each says where in the stream it belongs, and compares
// what comes back.
class EchoClientEnd {
 public:
  // `seed` makes this stream's bytes different from another's.
  EchoClientEnd(testing::Socket socket, std::uint64_t seed)
      : socket_(std::move(socket)), seed_(seed) {}

  Handle handle() const { return socket_.handle(); }

  // Has `count` more bytes to send. To be followed by `Pump`.
  void Order(std::uint64_t count);

  struct Progress {
    std::optional<std::string> problem;
    bool is_complete;  // This call received the last byte ordered.
  };
  Progress Pump(RearmFunction rearm);

  struct Totals {
    std::uint64_t ordered = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };
  Totals totals();

 private:
  void SendOrdered();
  std::optional<std::string> Receive();
  char ByteAt(std::uint64_t position) const;

  std::mutex mutex_;
  testing::Socket socket_;
  const std::uint64_t seed_;
  Totals totals_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_ECHO_CONNECTION_H_
