#ifndef BENCHMARKS_WORKLOADS_PAIR_ECHO_H_
#define BENCHMARKS_WORKLOADS_PAIR_ECHO_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "benchmarks/workloads/echo_server.h"
#include "event/mode.h"

namespace benchmarks {

struct PairEchoOptions {
  // How many socketpairs, each with one client and one end that the server
  // watches. At least 1.
  int pairs = 1;
  // Any size from 1 on. What the sockets do not take at once goes in parts.
  std::size_t message_bytes = 64;
  // What all server ends are registered with.
  event_selector::Mode mode = event_selector::Mode::kLevel;
};

// Messages that go over socketpairs to an EchoServer and back, with clients and
// server in one thread, so that nothing but their own work is measured. The
// workload `modes` is made of it. Not thread-safe.
class PairEcho {
 public:
  // How many descriptors the process has to be allowed for it, with `pairs`.
  static int Descriptors(int pairs);

  // Opens the socketpairs and lets `driver` watch the server's ends. Raises the
  // process's limit of open files where that is needed. Errors:
  //   kInvalidArgument    `options` holds a number that is too small;
  //   kResourceExhausted  too many open files; the message says what to do;
  //   kUnimplemented      the driver does not support the mode.
  static absl::StatusOr<std::unique_ptr<PairEcho>> Create(
      const PairEchoOptions& options, std::unique_ptr<Driver> driver);

  // Sends one message over every pair, lets the server answer, and checks that
  // every message has come back unchanged. No two messages are alike.
  //   kDataLoss           a message came back changed.
  //   kInternal           a message, or a part of one, did not come back.
  // After an error, the object is of no further use.
  absl::Status RunRound();

  // What the server has done in all rounds.
  EchoTotals totals() const { return server_->totals(); }

 private:
  struct Client {
    Descriptor socket;
    std::size_t sent = 0;
    std::size_t received = 0;
  };

  explicit PairEcho(std::size_t message_bytes);

  absl::Status RunTurn();
  // Waits for a moment until a client that misses something can read.
  void AwaitUnfinished();
  absl::Status Send(std::size_t index);
  absl::Status Receive(std::size_t index);
  const char* MessageOf(std::size_t index);

  std::unique_ptr<EchoServer> server_;
  std::vector<Client> clients_;
  std::string message_;
  std::string received_;
  std::uint64_t round_ = 0;
  std::size_t unfinished_ = 0;  // Clients that miss a part of their message.
  std::size_t moved_ = 0;       // Bytes sent or received in this turn.
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_PAIR_ECHO_H_
