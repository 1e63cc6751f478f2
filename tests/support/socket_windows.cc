// winsock2.h comes before everything that includes windows.h, and before what
// needs its types.
#include <winsock2.h>
#include <ws2tcpip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
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

static_assert(std::is_same_v<SOCKET, Handle>);
static_assert(INVALID_SOCKET == kInvalidHandle);

// Returns the result of a Winsock call; aborts where it says that it failed.
int Checked(absl::string_view call, int result) {
  if (result == SOCKET_ERROR) DieOfError(call, WSAGetLastError());
  return result;
}

// Winsock has to be started before its first call. It is never stopped: the
// sockets of a test may live until the process ends.
void EnsureWinsock() {
  static const int error = [] {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data);
  }();
  if (error != 0) DieOfError("WSAStartup", error);
}

// Winsock counts bytes in an int.
int IntSize(std::size_t size) {
  constexpr std::size_t kMax = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(size, kMax));
}

void SetOption(Handle handle, int level, int option, DWORD value) {
  Checked("setsockopt",
          setsockopt(handle, level, option,
                     reinterpret_cast<const char*>(&value), sizeof(value)));
}

void MakeNonBlocking(Handle handle) {
  u_long on = 1;
  Checked("ioctlsocket(FIONBIO)",
          ioctlsocket(handle, static_cast<long>(FIONBIO), &on));
}

Socket MakeInetSocket(int type, int protocol) {
  EnsureWinsock();
  Socket socket(WSASocketW(AF_INET, type, protocol, nullptr, 0,
                           WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
  if (!socket.valid()) DieOfError("WSASocketW", WSAGetLastError());
  MakeNonBlocking(socket.handle());
  return socket;
}

Socket MakeTcpSocket() {
  Socket socket = MakeInetSocket(SOCK_STREAM, IPPROTO_TCP);
  SetOption(socket.handle(), IPPROTO_TCP, TCP_NODELAY, 1);
  // Windows lets another process bind the same port unless told otherwise.
  SetOption(socket.handle(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
  return socket;
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

// By select(), as WSAPoll() of older systems never reports a failed connect;
// select() reports that among the exceptions, which only a writer asks for:
// for a reader they would be out-of-band data.
bool AwaitSelect(Handle handle, bool for_write, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    fd_set ready = {1, {handle}};
    fd_set failed = {1, {handle}};
    timeval left = absl::ToTimeval(std::clamp(
        deadline - absl::Now(), absl::ZeroDuration(), absl::Hours(1)));
    const int count = Checked(
        "select", for_write ? select(0, nullptr, &ready, &failed, &left)
                            : select(0, &ready, nullptr, nullptr, &left));
    if (count > 0) return true;
    if (absl::Now() >= deadline) return false;
  }
}

void Shutdown(Handle handle, int how) {
  if (shutdown(handle, how) != SOCKET_ERROR) return;
  const int error = WSAGetLastError();
  if (error == WSAENOTCONN || error == WSAECONNRESET ||
      error == WSAECONNABORTED) {
    return;
  }
  DieOfError("shutdown", error);
}

}  // namespace

void Socket::Close() {
  const Handle handle = Release();
  if (handle == kInvalidHandle) return;
  if (closesocket(handle) == SOCKET_ERROR && WSAGetLastError() == WSAENOTSOCK) {
    DieOfError(absl::StrCat("closesocket(", handle, ")"), WSAENOTSOCK);
  }
}

SocketPair MakeStreamPair() { return MakeTcpPair(); }

SocketPair MakeUdpPair() {
  SocketPair pair = {MakeInetSocket(SOCK_DGRAM, IPPROTO_UDP),
                     MakeInetSocket(SOCK_DGRAM, IPPROTO_UDP)};
  BindToAnyPort(pair.a.handle());
  BindToAnyPort(pair.b.handle());
  Checked("connect", Connect(pair.a.handle(), LocalPort(pair.b.handle())));
  Checked("connect", Connect(pair.b.handle(), LocalPort(pair.a.handle())));
  return pair;
}

Listener MakeListener() {
  Socket socket = MakeTcpSocket();
  BindToAnyPort(socket.handle());
  Checked("listen", listen(socket.handle(), SOMAXCONN));
  const std::uint16_t port = LocalPort(socket.handle());
  return {std::move(socket), port};
}

UnusedPort UnusedTcpPort() {
  Socket socket = MakeTcpSocket();
  BindToAnyPort(socket.handle());
  const std::uint16_t port = LocalPort(socket.handle());
  return {std::move(socket), port};
}

Socket StartConnect(std::uint16_t port, int receive_buffer) {
  Socket socket = MakeTcpSocket();
  if (receive_buffer > 0) {
    SetOption(socket.handle(), SOL_SOCKET, SO_RCVBUF,
              static_cast<DWORD>(receive_buffer));
  }
  if (Connect(socket.handle(), port) == SOCKET_ERROR) {
    const int error = WSAGetLastError();
    if (error != WSAEWOULDBLOCK && error != WSAECONNREFUSED) {
      DieOfError("connect", error);
    }
  }
  return socket;
}

std::optional<Socket> TryAccept(Handle listener) {
  Socket socket(accept(listener, nullptr, nullptr));
  if (!socket.valid()) {
    const int error = WSAGetLastError();
    // WSAECONNRESET: the connection went away while it waited.
    if (error == WSAEWOULDBLOCK || error == WSAECONNRESET) return std::nullopt;
    DieOfError("accept", error);
  }
  // What accept() returns takes over the listener's options, but is inherited
  // by child processes.
  SetHandleInformation(reinterpret_cast<HANDLE>(socket.handle()),
                       HANDLE_FLAG_INHERIT, 0);
  MakeNonBlocking(socket.handle());
  return socket;
}

std::uint16_t LocalPort(Handle handle) {
  sockaddr_in address = {};
  int size = sizeof(address);
  Checked("getsockname", getsockname(handle, Generic(&address), &size));
  return ntohs(address.sin_port);
}

std::uint16_t PeerPort(Handle handle) {
  sockaddr_in address = {};
  int size = sizeof(address);
  if (getpeername(handle, Generic(&address), &size) == SOCKET_ERROR) {
    const int error = WSAGetLastError();
    if (error == WSAENOTCONN) return 0;
    DieOfError("getpeername", error);
  }
  return ntohs(address.sin_port);
}

std::size_t SendSome(Handle handle, absl::string_view data) {
  const int sent = send(handle, data.data(), IntSize(data.size()), 0);
  if (sent != SOCKET_ERROR) return static_cast<std::size_t>(sent);
  const int error = WSAGetLastError();
  if (error == WSAEWOULDBLOCK) return 0;
  DieOfError("send", error);
}

bool SendOutOfBand(Handle handle, char byte) {
  if (send(handle, &byte, 1, MSG_OOB) == 1) return true;
  const int error = WSAGetLastError();
  if (error == WSAEOPNOTSUPP) return false;
  DieOfError("send(MSG_OOB)", error);
}

ReadResult TryRead(Handle handle, std::size_t max) {
  std::string data(max, '\0');
  const int size = recv(handle, data.data(), IntSize(data.size()), 0);
  if (size > 0) {
    data.resize(static_cast<std::size_t>(size));
    return {ReadResult::Kind::kData, std::move(data)};
  }
  if (size == 0) return {ReadResult::Kind::kEndOfStream, ""};
  const int error = WSAGetLastError();
  if (error == WSAEWOULDBLOCK) return {ReadResult::Kind::kWouldBlock, ""};
  return {ReadResult::Kind::kFailed, "", error};
}

bool AwaitReadable(Handle handle, absl::Duration timeout) {
  return AwaitSelect(handle, /*for_write=*/false, timeout);
}

bool AwaitWritable(Handle handle, absl::Duration timeout) {
  return AwaitSelect(handle, /*for_write=*/true, timeout);
}

void ShutdownSend(Handle handle) { Shutdown(handle, SD_SEND); }

void ShutdownBoth(Handle handle) { Shutdown(handle, SD_BOTH); }

void Reset(Socket socket) {
  const linger immediately = {1, 0};
  Checked("setsockopt(SO_LINGER)",
          setsockopt(socket.handle(), SOL_SOCKET, SO_LINGER,
                     reinterpret_cast<const char*>(&immediately),
                     sizeof(immediately)));
  socket.Close();
}

void HangUp(Socket socket) { Reset(std::move(socket)); }

int TakeSocketError(Handle handle) {
  int error = 0;
  int size = sizeof(error);
  Checked("getsockopt(SO_ERROR)",
          getsockopt(handle, SOL_SOCKET, SO_ERROR,
                     reinterpret_cast<char*>(&error), &size));
  return error;
}

bool IsConnectionRefused(int error) { return error == WSAECONNREFUSED; }

bool IsConnectionReset(int error) { return error == WSAECONNRESET; }

}  // namespace testing
}  // namespace event_selector
