#include "examples/common/test_client.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "examples/common/descriptor.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace examples {
namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::AwaitWritable;
using event_selector::testing::Die;
using event_selector::testing::DieOfError;
using event_selector::testing::ReadResult;
using event_selector::testing::Socket;

constexpr absl::Duration kForSure = absl::Seconds(120);
constexpr std::size_t kChunk = 64 * 1024;

// What comes next: data, the end of the stream or an error.
ReadResult ReadNext(const Descriptor& socket, std::size_t max) {
  while (true) {
    ReadResult result = event_selector::testing::TryRead(socket.get(), max);
    if (result.kind != ReadResult::Kind::kWouldBlock) return result;
    if (!AwaitReadable(socket.get(), kForSure)) Die("nothing was received");
  }
}

// Appends what comes next to `data`; false at the end of the stream.
bool ReceiveSome(const Descriptor& socket, std::size_t max, std::string& data) {
  const ReadResult result = ReadNext(socket, max);
  if (result.kind == ReadResult::Kind::kFailed) {
    DieOfError("read", result.error);
  }
  data += result.data;
  return result.kind == ReadResult::Kind::kData;
}

}  // namespace

Descriptor Connect(std::uint16_t port, int receive_buffer) {
  Descriptor client(
      event_selector::testing::StartConnect(port, receive_buffer).Release());
  if (!AwaitWritable(client.get(), kForSure)) Die("no connection was made");
  const int error = event_selector::testing::TakeSocketError(client.get());
  if (error == 0) return client;
  if (!event_selector::testing::IsConnectionRefused(error))
    DieOfError("connect", error);
  return Descriptor();
}

Descriptor Accept(const event_selector::testing::Listener& listener) {
  while (true) {
    std::optional<Socket> socket =
        event_selector::testing::TryAccept(listener.socket.handle());
    if (socket.has_value()) return Descriptor(socket->Release());
    if (!AwaitReadable(listener.socket.handle(), kForSure)) {
      Die("nobody connected");
    }
  }
}

void Send(const Descriptor& socket, absl::string_view data) {
  while (!data.empty()) {
    const std::size_t sent =
        event_selector::testing::SendSome(socket.get(), data);
    data.remove_prefix(sent);
    if (sent == 0 && !AwaitWritable(socket.get(), kForSure)) {
      Die("nothing could be sent");
    }
  }
}

std::string Receive(const Descriptor& socket, std::size_t size) {
  std::string data;
  while (data.size() < size && ReceiveSome(socket, size - data.size(), data)) {
  }
  return data;
}

std::string ReceiveLine(const Descriptor& socket) {
  std::string line;
  while (ReceiveSome(socket, 1, line)) {
    if (line.back() != '\n') continue;
    line.pop_back();
    break;
  }
  return line;
}

std::string ReceiveAll(const Descriptor& socket) {
  std::string data;
  while (ReceiveSome(socket, kChunk, data)) {
  }
  return data;
}

bool AtEnd(const Descriptor& socket) {
  return ReadNext(socket, 1).kind == ReadResult::Kind::kEndOfStream;
}

bool IsReset(const Descriptor& socket) {
  ReadResult result;
  do {
    result = ReadNext(socket, kChunk);
  } while (result.kind == ReadResult::Kind::kData);
  return result.kind == ReadResult::Kind::kFailed &&
         event_selector::testing::IsConnectionReset(result.error);
}

void ShutDownSending(const Descriptor& socket) {
  event_selector::testing::ShutdownSend(socket.get());
}

void ResetOnClose(const Descriptor& socket) {
  const linger immediately = {1, 0};
  if (setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &immediately,
                 sizeof(immediately)) != 0) {
    DieOfError("setsockopt(SO_LINGER)", errno);
  }
}

std::string SendAndReceive(const Descriptor& out, const Descriptor& in,
                           absl::string_view data, std::size_t slice,
                           bool shut_down) {
  const std::size_t size = data.size();
  std::string received;
  while (received.size() < size) {
    if (!data.empty()) {
      const std::size_t sent =
          event_selector::testing::SendSome(out.get(), data);
      data.remove_prefix(sent);
      if (data.empty() && shut_down) ShutDownSending(out);
      if (sent > 0) continue;
    }
    if (!ReceiveSome(in, std::min(slice, size - received.size()), received)) {
      break;
    }
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
