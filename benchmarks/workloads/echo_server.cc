#include "benchmarks/workloads/echo_server.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "event/interest.h"
#include "event/mode.h"

namespace benchmarks {
namespace {

// Larger than the messages of the benchmark, so that one read takes a message.
constexpr std::size_t kBufferBytes = 16 * 1024;

}  // namespace

EchoServer::EchoServer(event_selector::Mode mode,
                       std::unique_ptr<Driver> driver)
    : mode_(mode), driver_(std::move(driver)), buffer_(kBufferBytes) {}

absl::StatusOr<std::unique_ptr<EchoServer>> EchoServer::Create(
    event_selector::Mode mode, std::vector<Descriptor> sockets,
    std::unique_ptr<Driver> driver) {
  if (!driver->Supports(mode)) {
    return absl::UnimplementedError(
        absl::StrCat("mode ", mode.ToString(), " is missing"));
  }
  auto server = absl::WrapUnique(new EchoServer(mode, std::move(driver)));
  for (Descriptor& socket : sockets) {
    const auto index = static_cast<std::uint32_t>(server->connections_.size());
    server->driver_->Watch(socket.fd(), index,
                           event_selector::Interest::kReadable, server->mode_);
    server->connections_.push_back(
        {std::move(socket), event_selector::Interest::kReadable, {}});
  }
  return server;
}

EchoServer::~EchoServer() {
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    driver_->Unwatch(connections_[i].socket.fd(), i);
  }
}

absl::Status EchoServer::Serve() {
  while (status_.ok() && (unread_ > 0 || blocked_ > 0)) {
    driver_->Turn(*this, Blocking::kYes);
    ++totals_.waits;
    if (blocked_ > 0) break;
  }
  return status_;
}

void EchoServer::OnReady(std::uint32_t index) {
  ++totals_.events;
  if (!status_.ok()) return;
  absl::Status handled = HandleEvent(index);
  if (!handled.ok()) status_ = std::move(handled);
}

absl::Status EchoServer::HandleEvent(std::uint32_t index) {
  Connection& connection = connections_[index];
  absl::Status handled =
      connection.unsent.empty() ? Echo(connection) : SendUnsent(connection);
  if (!handled.ok()) return handled;

  const event_selector::Interest wanted =
      connection.unsent.empty() ? event_selector::Interest::kReadable
                                : event_selector::Interest::kWritable;
  if (wanted == connection.interest &&
      !mode_.contains(event_selector::Mode::kOneshot)) {
    return absl::OkStatus();
  }
  Register(index, wanted);
  return absl::OkStatus();
}

absl::Status EchoServer::Echo(Connection& connection) {
  while (true) {
    const std::ptrdiff_t got =
        Read(connection.socket, buffer_.data(), buffer_.size());
    // Also in level mode an event is no promise, and edges may come twice.
    if (got < 0 && WouldBlock()) return absl::OkStatus();
    if (got < 0) return ErrnoStatus("read");
    if (got == 0) return absl::InternalError("an echo client is gone");

    const auto bytes = static_cast<std::size_t>(got);
    unread_ -= bytes;
    absl::Status written = Send(connection, {buffer_.data(), bytes});
    if (!written.ok() || !connection.unsent.empty()) return written;

    if (mode_ == event_selector::Mode::kLevel) return absl::OkStatus();
    // Other modes have to empty the socket. A stream socket that gives less
    // than was asked for is empty: a further read, only to see EAGAIN, would
    // be a wasted system call. Bytes that come in between are a new edge. See
    // epoll(7), questions and answers.
    if (bytes < buffer_.size()) return absl::OkStatus();
  }
}

absl::Status EchoServer::Send(Connection& connection, absl::string_view bytes) {
  while (!bytes.empty()) {
    const std::ptrdiff_t taken =
        Write(connection.socket, bytes.data(), bytes.size());
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
  return Send(connection, bytes);
}

void EchoServer::Register(std::uint32_t index,
                          event_selector::Interest interest) {
  Connection& connection = connections_[index];
  // Both report what is ready already, in every mode. So bytes that came before
  // are not lost, and nothing needs to be tried first.
  if (connection.interest == interest) {
    driver_->Rearm(connection.socket.fd(), index, interest, mode_);
  } else {
    connection.interest = interest;
    driver_->Change(connection.socket.fd(), index, interest, mode_);
  }
}

}  // namespace benchmarks
