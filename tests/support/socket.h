#ifndef TESTS_SUPPORT_SOCKET_H_
#define TESTS_SUPPORT_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/handle.h"

// Sockets for tests: pairs, listeners and connections over loopback, and the
// input and output on them, the same on POSIX systems and on Windows.
//
// Every socket made here is non-blocking and close-on-exec (not inherited, on
// Windows), and the system chooses its port. Whatever fails although it should
// not (no descriptors left, a handle that is not open) prints the call and the
// reason and aborts the test: no function here returns an error unless its
// comment says so. Nothing raises SIGPIPE.
//
// All functions may be called from any thread.
namespace event_selector {
namespace testing {

// Owns a handle and closes it when destroyed. On POSIX systems any descriptor
// will do, on Windows it must be a socket. Thread-compatible.
class Socket {
 public:
  // Owns nothing.
  Socket() = default;
  // Takes `handle` over.
  explicit Socket(Handle handle) : handle_(handle) {}
  Socket(Socket&& other) noexcept : handle_(other.Release()) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { Close(); }

  // Still owned by this object; kInvalidHandle where there is none.
  Handle handle() const { return handle_; }
  bool valid() const { return handle_ != kInvalidHandle; }

  // Gives the handle to the caller, who has to close it.
  [[nodiscard]] Handle Release();

  // Closes the handle now; does nothing where there is none. Aborts where
  // somebody else has closed it already.
  void Close();

 private:
  Handle handle_ = kInvalidHandle;
};

// ---- Making sockets

// Two sockets connected to each other.
struct SocketPair {
  Socket a;
  Socket b;
};

// A byte stream by the cheapest means: AF_UNIX, on Windows loopback TCP.
SocketPair MakeStreamPair();

// A loopback TCP connection with TCP_NODELAY, established on both sides. What
// one side sends or closes may reach the other a moment later (not on Linux,
// where loopback is synchronous): see AwaitReadable.
SocketPair MakeTcpPair();

// Two loopback UDP sockets, each of which sends to the other and receives from
// nobody else.
SocketPair MakeUdpPair();

// A loopback TCP socket that listens, with a large backlog.
struct Listener {
  Socket socket;
  std::uint16_t port;
};
Listener MakeListener();

// A TCP port of loopback that refuses connections for as long as this object
// lives: `owner` is bound to it but does not listen, so that no other process
// can get the port meanwhile. (Windows tries again for about two seconds before
// it reports the refusal.) Where such a port does not answer at all, on BSDs
// and macOS, it was free a moment ago, and has no owner.
struct UnusedPort {
  Socket owner;
  std::uint16_t port;
};
UnusedPort UnusedTcpPort();

// Begins to connect to a TCP port of loopback, without waiting: on return the
// connection is in progress, established or refused. Fetch the outcome with
// TakeSocketError once the socket is writable. (A system that refuses before
// it returns has no error left to fetch then; Linux is not one.) The receive
// buffer has about `receive_buffer` bytes; 0: as many as the system chooses.
Socket StartConnect(std::uint16_t port, int receive_buffer = 0);

// The next connection that waits at `listener`; nullopt where there is none.
std::optional<Socket> TryAccept(Handle listener);

// The port that a TCP or UDP socket is bound to.
std::uint16_t LocalPort(Handle handle);

// The port that a TCP or UDP socket is connected to; 0 where it is not
// connected (any more).
std::uint16_t PeerPort(Handle handle);

// ---- Input and output, which never block

// Sends what fits of `data` and returns how many bytes that is: 0 where it
// would block. An error, such as that the peer is gone, aborts.
std::size_t SendSome(Handle handle, absl::string_view data);

// Sends all of `data`; aborts where not all of it fits.
void SendAll(Handle handle, absl::string_view data);

// Sends until it would block, and again after 50 ms until nothing more fits, so
// that the socket stays unwritable until the peer reads (one byte need not be
// enough: drain it). Returns how many bytes it sent. A few bytes may still fit
// later, when TCP acknowledges late, but too few for the socket to be reported
// writable. For streams only: datagrams are dropped instead of blocking the
// sender.
std::size_t FillSendBuffer(Handle handle);

// Sends one byte of out-of-band data. False where such a socket has none: UDP,
// and AF_UNIX on most systems. TCP always has.
[[nodiscard]] bool SendOutOfBand(Handle handle, char byte);

struct ReadResult {
  enum class Kind { kData, kWouldBlock, kEndOfStream, kFailed };

  Kind kind;
  std::string data;  // With kData: at least one byte.
  int error = 0;     // With kFailed: errno, on Windows a WSAE code.
};

// "data \"abc\"", "would block": for test messages.
std::ostream& operator<<(std::ostream& stream, const ReadResult& result);

// Reads once, at most `max` bytes (at least 1), leaving out-of-band data alone.
// An error is a result here, as tests provoke it. An empty datagram looks like
// the end of the stream. On POSIX systems this also reads pipes.
ReadResult TryRead(Handle handle, std::size_t max);

// Reads until it would block or the stream ends, and returns all of it. An
// error aborts.
std::string Drain(Handle handle);

// ---- Waiting, by poll() or select(), that is without the selector under test

// Waits until a read (an accept) would not block: there is data, the end of the
// stream, an error or a connection. False where the timeout passes before.
[[nodiscard]] bool AwaitReadable(Handle handle, absl::Duration timeout);

// Waits until a write would not block, or a connect has succeeded or failed.
// False where the timeout passes before.
[[nodiscard]] bool AwaitWritable(Handle handle, absl::Duration timeout);

// ---- Ends and errors

// Shuts down the sending side: the peer reads the end of the stream.
void ShutdownSend(Handle handle);

// Shuts down both directions; the handle stays open. For both functions: a
// connection that is gone already is no error.
void ShutdownBoth(Handle handle);

// Closes a TCP connection so that the peer sees a reset (SO_LINGER of 0).
void Reset(Socket socket);

// Closes one side of a MakeStreamPair so that the other is hung up on: both
// directions are at their end. (On Windows by a reset: what is closed in TCP's
// usual way may still be written to.)
void HangUp(Socket socket);

// Fetches and clears the socket's pending error (SO_ERROR); 0 where it has
// none.
int TakeSocketError(Handle handle);

// What an error number (from TakeSocketError or ReadResult) means.
bool IsConnectionRefused(int error);
bool IsConnectionReset(int error);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_SOCKET_H_
