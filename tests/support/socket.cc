#include "tests/support/socket.h"

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "tests/support/fatal.h"
#include "tests/support/wine.h"

// What is the same on every system; the rest is in socket_<system>.cc.
namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kLongEnough = absl::Seconds(30);

// No send buffer is as large: whoever accepts more accepts everything.
constexpr std::size_t kMaxSendBuffer = std::size_t{1} << 28;

// Ports are visible to the whole machine, so the connection that waits at a
// listener need not be the one that this test has made.
Socket AcceptFrom(Handle listener, Handle client) {
  while (true) {
    if (!AwaitReadable(listener, kLongEnough)) {
      Die("no connection arrived at a loopback listener");
    }
    std::optional<Socket> accepted = TryAccept(listener);
    if (accepted.has_value() &&
        PeerPort(accepted->handle()) == LocalPort(client)) {
      return *std::move(accepted);
    }
  }
}

// Returns how many bytes fitted.
std::size_t SendUntilItBlocks(Handle handle, absl::string_view chunk) {
  std::size_t total = 0;
  while (total < kMaxSendBuffer) {
    const std::size_t sent = SendSome(handle, chunk);
    if (sent == 0) return total;
    total += sent;
  }
  Die("FillSendBuffer: the socket accepts data without end");
}

// Large chunks for speed; then single bytes, since a socket that refuses a
// large chunk may still have room.
std::size_t FillOnce(Handle handle) {
  static const std::string& chunk = *new std::string(1 << 16, 'x');
  const std::size_t large = SendUntilItBlocks(handle, chunk);
  return large + SendUntilItBlocks(handle, "x");
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    Close();
    handle_ = other.Release();
  }
  return *this;
}

Handle Socket::Release() { return std::exchange(handle_, kInvalidHandle); }

SocketPair MakeTcpPair() {
  const Listener listener = MakeListener();
  Socket client = StartConnect(listener.port);
  if (!AwaitWritable(client.handle(), kLongEnough)) {
    Die("a loopback connection was not established");
  }
  if (const int error = TakeSocketError(client.handle()); error != 0) {
    DieOfError("connect", error);
  }
  Socket server = AcceptFrom(listener.socket.handle(), client.handle());
  return {std::move(client), std::move(server)};
}

void SendAll(Handle handle, absl::string_view data) {
  std::size_t sent = SendSome(handle, data);
  // Under Wine, a socket with nothing on its way refuses a byte now and then.
  for (int tries = 0; RunsUnderWine() && sent < data.size() && tries < 100;
       ++tries) {
    if (!AwaitWritable(handle, absl::Seconds(1))) break;
    sent += SendSome(handle, data.substr(sent));
  }
  if (sent != data.size()) {
    Die(absl::StrCat("SendAll: only ", sent, " of ", data.size(),
                     " bytes fitted"));
  }
}

std::size_t FillSendBuffer(Handle handle) {
  // TCP has room again when the peer acknowledges what it has received, which
  // it may put off (40 ms on Linux). Sending tries it out, as poll() reports
  // room only once there is a good deal of it.
  std::size_t total = FillOnce(handle);
  while (true) {
    (void)AwaitWritable(handle, absl::Milliseconds(50));
    const std::size_t more = FillOnce(handle);
    if (more == 0) return total;
    total += more;
  }
}

std::ostream& operator<<(std::ostream& stream, const ReadResult& result) {
  switch (result.kind) {
    case ReadResult::Kind::kData:
      return stream << "data \"" << absl::CHexEscape(result.data) << '"';
    case ReadResult::Kind::kWouldBlock:
      return stream << "would block";
    case ReadResult::Kind::kEndOfStream:
      return stream << "end of stream";
    case ReadResult::Kind::kFailed:
      return stream << "error " << result.error;
  }
  return stream << "unknown result";
}

std::string Drain(Handle handle) {
  std::string all;
  while (true) {
    const ReadResult result = TryRead(handle, std::size_t{1} << 16);
    switch (result.kind) {
      case ReadResult::Kind::kData:
        all += result.data;
        break;
      case ReadResult::Kind::kWouldBlock:
      case ReadResult::Kind::kEndOfStream:
        return all;
      case ReadResult::Kind::kFailed:
        DieOfError("Drain: read", result.error);
    }
  }
}

}  // namespace testing
}  // namespace event_selector
