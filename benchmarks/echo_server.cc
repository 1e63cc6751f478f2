#include "benchmarks/echo_server.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/descriptor.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace benchmarks {
namespace {

constexpr std::size_t kEvents = 256;
// Larger than the messages of the benchmark, so that one read takes a message.
constexpr std::size_t kBufferBytes = 16 * 1024;

}  // namespace

EchoServer::EchoServer(event::Mode mode,
                       std::unique_ptr<event::Selector> selector)
    : mode_(mode),
      selector_(std::move(selector)),
      events_(kEvents),
      buffer_(kBufferBytes) {}

absl::StatusOr<std::unique_ptr<EchoServer>> EchoServer::Create(
    event::Mode mode, std::vector<Descriptor> sockets) {
  absl::StatusOr<std::unique_ptr<event::Selector>> selector =
      event::Selector::Create();
  if (!selector.ok()) return selector.status();
  auto server = absl::WrapUnique(new EchoServer(mode, *std::move(selector)));
  for (Descriptor& socket : sockets) {
    const std::uint64_t index = server->connections_.size();
    absl::Status added =
        server->selector_->Add(socket.fd(), event::Token(index),
                               event::Interest::kReadable, server->mode_);
    if (!added.ok()) return added;
    server->connections_.push_back(
        {std::move(socket), event::Interest::kReadable, {}});
  }
  return server;
}

absl::Status EchoServer::Serve() {
  while (unread_ > 0 || blocked_ > 0) {
    absl::StatusOr<absl::Span<event::Event>> ready =
        selector_->Wait(absl::MakeSpan(events_), absl::InfiniteDuration());
    if (!ready.ok()) return ready.status();
    for (const event::Event& event : *ready) {
      absl::Status handled = HandleEvent(event.token.value());
      if (!handled.ok()) return handled;
    }
    if (blocked_ > 0) break;
  }
  return absl::OkStatus();
}

absl::Status EchoServer::HandleEvent(std::uint64_t index) {
  Connection& connection = connections_[index];
  absl::Status handled =
      connection.unsent.empty() ? Echo(connection) : SendUnsent(connection);
  if (!handled.ok()) return handled;

  const event::Interest wanted = connection.unsent.empty()
                                     ? event::Interest::kReadable
                                     : event::Interest::kWritable;
  if (wanted == connection.interest && !mode_.contains(event::Mode::kOneshot)) {
    return absl::OkStatus();
  }
  return Register(index, wanted);
}

absl::Status EchoServer::Echo(Connection& connection) {
  while (true) {
    const ssize_t got =
        read(connection.socket.fd(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) continue;
    // Also in level mode an event is no promise, and edges may come twice.
    if (got < 0 && WouldBlock()) return absl::OkStatus();
    if (got < 0) return ErrnoStatus("read");
    if (got == 0) return absl::InternalError("an echo client is gone");

    const auto bytes = static_cast<std::size_t>(got);
    unread_ -= bytes;
    absl::Status written = Write(connection, {buffer_.data(), bytes});
    if (!written.ok() || !connection.unsent.empty()) return written;

    if (mode_ == event::Mode::kLevel) return absl::OkStatus();
    // Other modes have to empty the socket. A stream socket that gives less
    // than was asked for is empty: a further read, only to see EAGAIN, would
    // be a wasted system call. Bytes that come in between are a new edge. See
    // epoll(7), questions and answers.
    if (bytes < buffer_.size()) return absl::OkStatus();
  }
}

absl::Status EchoServer::Write(Connection& connection,
                               absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t taken =
        write(connection.socket.fd(), bytes.data(), bytes.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0 && !WouldBlock()) return ErrnoStatus("write");
    if (taken < 0) {
      connection.unsent = std::string(bytes);
      ++blocked_;
      return absl::OkStatus();
    }
    bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
  return absl::OkStatus();
}

absl::Status EchoServer::SendUnsent(Connection& connection) {
  const std::string bytes = std::exchange(connection.unsent, {});
  --blocked_;
  return Write(connection, bytes);
}

absl::Status EchoServer::Register(std::uint64_t index,
                                  event::Interest interest) {
  connections_[index].interest = interest;
  // `Modify` reports what is ready already, in every mode. So bytes that came
  // before it are not lost, and nothing needs to be tried first.
  return selector_->Modify(connections_[index].socket.fd(), event::Token(index),
                           interest, mode_);
}

}  // namespace benchmarks
