#ifndef BENCHMARKS_WORKLOADS_ECHO_SERVER_H_
#define BENCHMARKS_WORKLOADS_ECHO_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "event/interest.h"
#include "event/mode.h"

namespace benchmarks {

// What a server has done so far.
struct EchoTotals {
  std::int64_t events = 0;
  std::int64_t waits = 0;
};

// Sends back what it receives, over any number of stream sockets, with one
// driver and one thread. Uses each mode as a user would who wants few system
// calls:
//   level          one read for each event; what is left is reported again;
//   edge           reads until the socket is empty;
//   oneshot, and   reads until the socket is empty, then arms the registration
//   edge|oneshot   again with `Driver::Rearm`.
// In every mode, a socket that takes no more bytes is watched for writability
// instead of readability until it has taken them.
//
// Runs in turns with its clients, in their thread: they say how much they sent,
// and `Serve` returns when that is done. Not thread-safe.
class EchoServer final : private Handler {
 public:
  // Serves `sockets`, which are connected and non-blocking. Errors:
  //   kUnimplemented      the driver does not support the mode.
  static absl::StatusOr<std::unique_ptr<EchoServer>> Create(
      event_selector::Mode mode, std::vector<Descriptor> sockets,
      std::unique_ptr<Driver> driver);

  ~EchoServer();

  // The clients have sent `bytes` more.
  void Expect(std::size_t bytes) { unread_ += bytes; }

  // Handles events until all that was sent has come back, or until a client has
  // to read before its socket takes more. kInternal: a client is gone. Others:
  // the system's.
  absl::Status Serve();

  EchoTotals totals() const { return totals_; }

 private:
  struct Connection {
    Descriptor socket;
    event_selector::Interest interest;  // As registered.
    std::string unsent;  // Read, but not taken by the socket so far.
  };

  EchoServer(event_selector::Mode mode, std::unique_ptr<Driver> driver);

  void OnReady(std::uint32_t index) override;
  absl::Status HandleEvent(std::uint32_t index);
  absl::Status Echo(Connection& connection);
  absl::Status Send(Connection& connection, absl::string_view bytes);
  absl::Status SendUnsent(Connection& connection);
  void Register(std::uint32_t index, event_selector::Interest interest);

  const event_selector::Mode mode_;
  const std::unique_ptr<Driver> driver_;
  std::vector<Connection> connections_;  // By the driver's index.
  std::vector<char> buffer_;
  absl::Status status_;  // The first error of a handler.
  EchoTotals totals_;
  std::size_t unread_ = 0;   // Bytes sent by the clients and not read yet.
  std::size_t blocked_ = 0;  // Connections with something unsent.
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_ECHO_SERVER_H_
