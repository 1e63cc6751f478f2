#include "benchmarks/workloads/pair_echo.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "benchmarks/workloads/echo_server.h"
#include "tests/support/socket.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::SocketPair;

// What the process has open besides the pairs: standard streams, the driver's
// own.
constexpr int kOtherDescriptors = 64;

// How long a round goes on without any progress: 30 seconds.
constexpr absl::Duration kIdleTurn = absl::Milliseconds(30);
constexpr int kMostIdleTurns = 1000;

absl::Status CheckOptions(const PairEchoOptions& options) {
  if (options.pairs < 1 || options.pairs > 1000000) {
    return absl::InvalidArgumentError(
        absl::StrCat("pairs: ", options.pairs, " is not in 1 to 1000000"));
  }
  if (options.message_bytes < 1) {
    return absl::InvalidArgumentError("message_bytes: must be at least 1");
  }
  return absl::OkStatus();
}

}  // namespace

PairEcho::PairEcho(std::size_t message_bytes)
    : message_(message_bytes, 'e'), received_(message_bytes, '\0') {}

int PairEcho::Descriptors(int pairs) { return 2 * pairs + kOtherDescriptors; }

absl::StatusOr<std::unique_ptr<PairEcho>> PairEcho::Create(
    const PairEchoOptions& options, std::unique_ptr<Driver> driver) {
  absl::Status possible = CheckOptions(options);
  if (possible.ok()) possible = AllowDescriptors(Descriptors(options.pairs));
  if (!possible.ok()) return possible;

  auto echo = absl::WrapUnique(new PairEcho(options.message_bytes));
  std::vector<Descriptor> server_ends;
  for (int i = 0; i < options.pairs; ++i) {
    SocketPair pair = event_selector::testing::MakeStreamPair();
    Client client;
    client.socket = Descriptor(pair.a.Release());
    echo->clients_.push_back(std::move(client));
    server_ends.push_back(Descriptor(pair.b.Release()));
  }

  absl::StatusOr<std::unique_ptr<EchoServer>> server = EchoServer::Create(
      options.mode, std::move(server_ends), std::move(driver));
  if (!server.ok()) return server.status();
  echo->server_ = *std::move(server);
  return echo;
}

absl::Status PairEcho::RunRound() {
  ++round_;
  unfinished_ = clients_.size();
  for (Client& client : clients_) client.sent = client.received = 0;
  // One turn, unless the messages are larger than the sockets' buffers. Bytes
  // of a TCP connection may be on their way for a while, in neither's buffer.
  int idle_turns = 0;
  while (unfinished_ > 0) {
    moved_ = 0;
    absl::Status done = RunTurn();
    if (!done.ok()) return done;
    if (moved_ > 0) {
      idle_turns = 0;
    } else if (++idle_turns == kMostIdleTurns) {
      return absl::InternalError(
          absl::StrCat(unfinished_, " messages did not come back"));
    } else if (unfinished_ > 0) {
      AwaitUnfinished();
    }
  }
  return absl::OkStatus();
}

void PairEcho::AwaitUnfinished() {
  const auto unfinished = std::find_if(
      clients_.begin(), clients_.end(), [this](const Client& client) {
        return client.received < message_.size();
      });
  // Another one may be the first to be readable: the next turn finds out.
  (void)event_selector::testing::AwaitReadable(unfinished->socket.fd(),
                                               kIdleTurn);
}

absl::Status PairEcho::RunTurn() {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    absl::Status sent = Send(i);
    if (!sent.ok()) return sent;
  }
  absl::Status served = server_->Serve();
  if (!served.ok()) return served;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    absl::Status received = Receive(i);
    if (!received.ok()) return received;
  }
  return absl::OkStatus();
}

absl::Status PairEcho::Send(std::size_t index) {
  Client& client = clients_[index];
  const char* const message = MessageOf(index);
  while (client.sent < message_.size()) {
    const std::ptrdiff_t taken = Write(client.socket, message + client.sent,
                                       message_.size() - client.sent);
    if (taken < 0 && WouldBlock()) return absl::OkStatus();
    if (taken < 0) return ErrnoStatus("write");
    const auto bytes = static_cast<std::size_t>(taken);
    client.sent += bytes;
    moved_ += bytes;
    server_->Expect(bytes);
  }
  return absl::OkStatus();
}

absl::Status PairEcho::Receive(std::size_t index) {
  Client& client = clients_[index];
  if (client.received == message_.size()) return absl::OkStatus();
  const char* const message = MessageOf(index);
  while (client.received < message_.size()) {
    const std::ptrdiff_t got = Read(client.socket, received_.data(),
                                    message_.size() - client.received);
    if (got < 0 && WouldBlock()) return absl::OkStatus();
    if (got < 0) return ErrnoStatus("read");
    if (got == 0) return absl::InternalError("the echo server is gone");
    const auto bytes = static_cast<std::size_t>(got);
    if (std::memcmp(received_.data(), message + client.received, bytes) != 0) {
      return absl::DataLossError("a message came back changed");
    }
    client.received += bytes;
    moved_ += bytes;
  }
  --unfinished_;
  return absl::OkStatus();
}

// All messages share one buffer, so that 1,024 of them do not fill the
// processor's cache. They differ in their first bytes.
const char* PairEcho::MessageOf(std::size_t index) {
  const std::uint64_t stamp = (round_ << 20) ^ index;
  std::memcpy(message_.data(), &stamp,
              std::min(sizeof(stamp), message_.size()));
  return message_.data();
}

}  // namespace benchmarks
