#include "tests/model/network.h"

#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "event/handle.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kLongEnough = absl::Seconds(60);

Socket Connect(const Listener& listener) {
  Socket client = StartConnect(listener.port);
  if (!AwaitWritable(client.handle(), kLongEnough)) {
    Die("a loopback connection was not established");
  }
  if (const int error = TakeSocketError(client.handle()); error != 0) {
    DieOfError("connect", error);
  }
  return client;
}

}  // namespace

SocketPair ConnectTcpPair() {
  static thread_local const Listener listener = MakeListener();
  Socket client = Connect(listener);
  for (;;) {
    if (!AwaitReadable(listener.socket.handle(), kLongEnough)) {
      Die("no connection arrived at a loopback listener");
    }
    // Somebody else may have found the port.
    std::optional<Socket> server = TryAccept(listener.socket.handle());
    if (server.has_value() &&
        PeerPort(server->handle()) == LocalPort(client.handle())) {
      return {std::move(client), *std::move(server)};
    }
  }
}

SocketPair MakeListenerAndClient() {
  Listener listener = MakeListener();
  Socket client = Connect(listener);
  return {std::move(listener.socket), std::move(client)};
}

bool AcceptAndReset(Handle listener) {
  std::optional<Socket> accepted = TryAccept(listener);
  if (!accepted.has_value()) return false;
  Reset(*std::move(accepted));
  return true;
}

void ConnectAndReset(Handle listener) {
  Reset(StartConnect(LocalPort(listener)));
}

}  // namespace testing
}  // namespace event_selector
