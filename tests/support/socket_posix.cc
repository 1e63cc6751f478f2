#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kNoSignal = MSG_NOSIGNAL;
#else
constexpr int kNoSignal = 0;  // SO_NOSIGPIPE does it: see Prepare.
#endif

// Returns the result of a system call; aborts where it says that it failed.
int Checked(absl::string_view call, int result) {
  if (result < 0) DieOfError(call, errno);
  return result;
}

// Repeats a system call for as long as signals interrupt it.
template <typename Call>
auto Retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

void SetOption(Handle handle, int level, int option, int value) {
  Checked("setsockopt",
          setsockopt(handle, level, option, &value, sizeof(value)));
}

// By fcntl, since not every system takes SOCK_NONBLOCK and SOCK_CLOEXEC.
Socket Prepare(Handle handle) {
  Socket socket(handle);
  const int flags = Checked("fcntl(F_GETFL)", fcntl(handle, F_GETFL));
  Checked("fcntl(F_SETFL)", fcntl(handle, F_SETFL, flags | O_NONBLOCK));
  Checked("fcntl(F_SETFD)", fcntl(handle, F_SETFD, FD_CLOEXEC));
#if defined(SO_NOSIGPIPE)
  // Not checked: macOS refuses it for a connection that was accepted after its
  // peer had reset it.
  const int on = 1;
  setsockopt(handle, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
  return socket;
}

Socket MakeInetSocket(int type) {
  return Prepare(Checked("socket", socket(AF_INET, type, 0)));
}

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// sockaddr_in for the functions that take any kind of address.
const sockaddr* Generic(const sockaddr_in* address) {
  return reinterpret_cast<const sockaddr*>(address);
}
sockaddr* Generic(sockaddr_in* address) {
  return reinterpret_cast<sockaddr*>(address);
}

void BindToAnyPort(Handle handle) {
  const sockaddr_in address = Loopback(0);
  Checked("bind", bind(handle, Generic(&address), sizeof(address)));
}

int Connect(Handle handle, std::uint16_t port) {
  const sockaddr_in address = Loopback(port);
  return connect(handle, Generic(&address), sizeof(address));
}

// The timeout of one poll() call, which takes at most some days.
int PollMilliseconds(absl::Duration left) {
  return static_cast<int>(absl::ToInt64Milliseconds(
      absl::Ceil(std::clamp(left, absl::ZeroDuration(), absl::Hours(1)),
                 absl::Milliseconds(1))));
}

bool AwaitPoll(Handle handle, short events, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    pollfd entry = {handle, events, 0};
    const int count = poll(&entry, 1, PollMilliseconds(deadline - absl::Now()));
    if (count < 0 && errno == EINTR) continue;
    Checked("poll", count);
    if ((entry.revents & POLLNVAL) != 0) DieOfError("poll", EBADF);
    if (count > 0) return true;
    if (absl::Now() >= deadline) return false;
  }
}

void Shutdown(Handle handle, int how) {
  // A connection that was reset: FreeBSD says ECONNRESET, NetBSD EINVAL.
  if (shutdown(handle, how) < 0 && errno != ENOTCONN && errno != ECONNRESET &&
      errno != EINVAL) {
    DieOfError("shutdown", errno);
  }
}

}  // namespace

void Socket::Close() {
  const Handle handle = Release();
  if (handle == kInvalidHandle) return;
  // Only a wrong number means that nothing was closed: after any other error,
  // also EINTR, the descriptor is gone.
  if (close(handle) < 0 && errno == EBADF) {
    DieOfError(absl::StrCat("close(", handle, ")"), errno);
  }
}

SocketPair MakeStreamPair() {
  int handles[2];
  Checked("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, handles));
  return {Prepare(handles[0]), Prepare(handles[1])};
}

SocketPair MakeUdpPair() {
  SocketPair pair = {MakeInetSocket(SOCK_DGRAM), MakeInetSocket(SOCK_DGRAM)};
  BindToAnyPort(pair.a.handle());
  BindToAnyPort(pair.b.handle());
  Checked("connect", Connect(pair.a.handle(), LocalPort(pair.b.handle())));
  Checked("connect", Connect(pair.b.handle(), LocalPort(pair.a.handle())));
  return pair;
}

Listener MakeListener() {
  Socket socket = MakeInetSocket(SOCK_STREAM);
  BindToAnyPort(socket.handle());
  Checked("listen", listen(socket.handle(), 4096));
  const std::uint16_t port = LocalPort(socket.handle());
  return {std::move(socket), port};
}

UnusedPort UnusedTcpPort() {
  Socket socket = MakeInetSocket(SOCK_STREAM);
  BindToAnyPort(socket.handle());
  const std::uint16_t port = LocalPort(socket.handle());
#if !defined(__linux__)
  // NetBSD and XNU do not answer to a port that somebody has and does not
  // listen at (tcp_input.c), so it is nobody's.
  socket.Close();
#endif
  return {std::move(socket), port};
}

Socket StartConnect(std::uint16_t port, int receive_buffer) {
  Socket socket = MakeInetSocket(SOCK_STREAM);
  if (receive_buffer > 0) {
    SetOption(socket.handle(), SOL_SOCKET, SO_RCVBUF, receive_buffer);
  }
  SetOption(socket.handle(), IPPROTO_TCP, TCP_NODELAY, 1);
  // An interrupted connect goes on by itself.
  if (Connect(socket.handle(), port) < 0 && errno != EINPROGRESS &&
      errno != EINTR && errno != ECONNREFUSED) {
    DieOfError("connect", errno);
  }
  return socket;
}

std::optional<Socket> TryAccept(Handle listener) {
  const int handle = Retry([&] { return accept(listener, nullptr, nullptr); });
  if (handle < 0) {
    // ECONNABORTED: the connection went away while it waited.
    if (WouldBlock(errno) || errno == ECONNABORTED) return std::nullopt;
    DieOfError("accept", errno);
  }
  Socket socket = Prepare(handle);
  // Fails on some systems where the peer is gone already: no matter.
  const int on = 1;
  setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return socket;
}

std::uint16_t LocalPort(Handle handle) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  Checked("getsockname", getsockname(handle, Generic(&address), &size));
  return ntohs(address.sin_port);
}

std::uint16_t PeerPort(Handle handle) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  if (getpeername(handle, Generic(&address), &size) < 0) {
    if (errno == ENOTCONN || errno == EINVAL) return 0;
    DieOfError("getpeername", errno);
  }
  return ntohs(address.sin_port);
}

std::size_t SendSome(Handle handle, absl::string_view data) {
  const ssize_t sent =
      Retry([&] { return send(handle, data.data(), data.size(), kNoSignal); });
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (WouldBlock(errno)) return 0;
  DieOfError("send", errno);
}

bool SendOutOfBand(Handle handle, char byte) {
  const ssize_t sent =
      Retry([&] { return send(handle, &byte, 1, MSG_OOB | kNoSignal); });
  if (sent == 1) return true;
  if (errno == EOPNOTSUPP) return false;
  DieOfError("send(MSG_OOB)", errno);
}

ReadResult TryRead(Handle handle, std::size_t max) {
  std::string data(max, '\0');
  const ssize_t size =
      Retry([&] { return read(handle, data.data(), data.size()); });
  if (size > 0) {
    data.resize(static_cast<std::size_t>(size));
    return {ReadResult::Kind::kData, std::move(data)};
  }
  if (size == 0) return {ReadResult::Kind::kEndOfStream, ""};
  if (WouldBlock(errno)) return {ReadResult::Kind::kWouldBlock, ""};
  return {ReadResult::Kind::kFailed, "", errno};
}

bool AwaitReadable(Handle handle, absl::Duration timeout) {
  return AwaitPoll(handle, POLLIN, timeout);
}

bool AwaitWritable(Handle handle, absl::Duration timeout) {
  return AwaitPoll(handle, POLLOUT, timeout);
}

void ShutdownSend(Handle handle) { Shutdown(handle, SHUT_WR); }

void ShutdownBoth(Handle handle) { Shutdown(handle, SHUT_RDWR); }

void Reset(Socket socket) {
  const linger immediately = {1, 0};
  // BSDs refuse it for a connection that was reset already: that is done, then.
  if (setsockopt(socket.handle(), SOL_SOCKET, SO_LINGER, &immediately,
                 sizeof(immediately)) < 0 &&
      errno != EINVAL && errno != ECONNRESET) {
    DieOfError("setsockopt(SO_LINGER)", errno);
  }
  socket.Close();
}

void HangUp(Socket socket) { socket.Close(); }

int TakeSocketError(Handle handle) {
  int error = 0;
  socklen_t size = sizeof(error);
  Checked("getsockopt(SO_ERROR)",
          getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &size));
  return error;
}

bool IsConnectionRefused(int error) { return error == ECONNREFUSED; }

bool IsConnectionReset(int error) { return error == ECONNRESET; }

}  // namespace testing
}  // namespace event_selector
