#include "examples/common/client.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace examples {
namespace {

using event::testing::AwaitReadable;
using event::testing::AwaitWritable;
using event::testing::Die;
using event::testing::DieOfError;
using event::testing::ReadResult;
using event::testing::Socket;

constexpr absl::Duration kForSure = absl::Seconds(120);

// What comes next: data, the end of the stream or an error.
ReadResult ReadNext(const Socket& socket, std::size_t max) {
  while (true) {
    ReadResult result = event::testing::TryRead(socket.handle(), max);
    if (result.kind != ReadResult::Kind::kWouldBlock) return result;
    if (!AwaitReadable(socket.handle(), kForSure)) Die("nothing was received");
  }
}

}  // namespace

Socket Connect(std::uint16_t port, int receive_buffer) {
  Socket client = event::testing::StartConnect(port, receive_buffer);
  if (!AwaitWritable(client.handle(), kForSure)) Die("no connection was made");
  const int error = event::testing::TakeSocketError(client.handle());
  if (error == 0) return client;
  if (!event::testing::IsConnectionRefused(error)) DieOfError("connect", error);
  return Socket();
}

Socket Accept(const event::testing::Listener& listener) {
  while (true) {
    std::optional<Socket> socket =
        event::testing::TryAccept(listener.socket.handle());
    if (socket.has_value()) return *std::move(socket);
    if (!AwaitReadable(listener.socket.handle(), kForSure)) {
      Die("nobody connected");
    }
  }
}

void Send(const Socket& socket, absl::string_view data) {
  while (!data.empty()) {
    const std::size_t sent = event::testing::SendSome(socket.handle(), data);
    data.remove_prefix(sent);
    if (sent == 0 && !AwaitWritable(socket.handle(), kForSure)) {
      Die("nothing could be sent");
    }
  }
}

std::string Receive(const Socket& socket, std::size_t size) {
  std::string data;
  while (data.size() < size) {
    const ReadResult result = ReadNext(socket, size - data.size());
    if (result.kind == ReadResult::Kind::kFailed) {
      DieOfError("read", result.error);
    }
    if (result.kind == ReadResult::Kind::kEndOfStream) break;
    data += result.data;
  }
  return data;
}

bool AtEnd(const Socket& socket) {
  return ReadNext(socket, 1).kind == ReadResult::Kind::kEndOfStream;
}

bool IsReset(const Socket& socket) {
  ReadResult result;
  do {
    result = ReadNext(socket, 64 * 1024);
  } while (result.kind == ReadResult::Kind::kData);
  return result.kind == ReadResult::Kind::kFailed &&
         event::testing::IsConnectionReset(result.error);
}

std::string SendAndReceive(const Socket& out, const Socket& in,
                           absl::string_view data, std::size_t slice,
                           bool shut_down) {
  const std::size_t size = data.size();
  std::string received;
  while (received.size() < size) {
    if (!data.empty()) {
      const std::size_t sent = event::testing::SendSome(out.handle(), data);
      data.remove_prefix(sent);
      if (data.empty() && shut_down) event::testing::ShutdownSend(out.handle());
      if (sent > 0) continue;
    }
    const ReadResult result =
        ReadNext(in, std::min(slice, size - received.size()));
    if (result.kind == ReadResult::Kind::kFailed) {
      DieOfError("read", result.error);
    }
    if (result.kind == ReadResult::Kind::kEndOfStream) break;
    received += result.data;
  }
  return received;
}

std::string Pattern(std::size_t size, std::uint32_t seed) {
  std::string data(size, '\0');
  std::uint32_t number = seed;
  for (char& byte : data) {
    number = number * 1664525 + 1013904223;
    byte = static_cast<char>(number >> 24);
  }
  return data;
}

std::size_t RaiseDescriptorLimit(std::size_t wanted) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) Die("getrlimit failed");
  rlimit higher = limit;
  higher.rlim_max = std::max(limit.rlim_max, static_cast<rlim_t>(wanted));
  higher.rlim_cur = higher.rlim_max;
  // Only a privileged process may raise the hard limit.
  if (setrlimit(RLIMIT_NOFILE, &higher) == 0) return higher.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) Die("setrlimit failed");
  return limit.rlim_cur;
}

}  // namespace examples
