// Connecting, accepting and ending, as docs/guide.md shows them.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/docs/error_queue.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::Drain;
using event_selector::testing::HangUp;
using event_selector::testing::Listener;
using event_selector::testing::MakeListener;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::MakeTcpPair;
using event_selector::testing::MakeUdpPair;
using event_selector::testing::Reset;
using event_selector::testing::SendAll;
using event_selector::testing::Socket;
using event_selector::testing::SocketPair;
using event_selector::testing::StartConnect;
using event_selector::testing::UnusedPort;
using event_selector::testing::UnusedTcpPort;

// [begin connecting]
// Begins to connect, and watches for the outcome.
absl::StatusOr<int> Connect(event_selector::Selector& selector,
                            const sockaddr_in& address,
                            event_selector::Token token) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "socket");
  fcntl(fd, F_SETFL, O_NONBLOCK);
  absl::Status status;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    status = absl::ErrnoToStatus(errno, "connect");
  }
  // Either way, connected or refused, the socket becomes writable.
  if (status.ok()) {
    status = selector.Add(fd, token, event_selector::Interest::kWritable);
  }
  if (status.ok()) return fd;
  close(fd);
  return status;
}

// The outcome, once an event has come.
absl::Status ConnectOutcome(int fd) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return absl::ErrnoToStatus(error, "connect");
  return absl::OkStatus();
}
// [end]

// [begin accepting]
enum class Accepted { kAll, kSome, kOutOfDescriptors };

absl::StatusOr<Accepted> AcceptSome(int listener, std::vector<int>& clients) {
  for (int i = 0; i < 64; ++i) {  // So that the old clients get their turn.
    const int client = accept(listener, nullptr, nullptr);
    if (client >= 0) {
      fcntl(client, F_SETFL, O_NONBLOCK);
      clients.push_back(client);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return Accepted::kAll;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        return Accepted::kOutOfDescriptors;
      case EINTR:
      case ECONNABORTED:  // The client has given up. (Linux has more of these:
      case EPROTO:        // accept(2), "Error handling".)
      case ENETDOWN:
      case ENETUNREACH:
      case EHOSTDOWN:
      case EHOSTUNREACH:
      case ENOPROTOOPT:
      case EOPNOTSUPP:
      case EPERM:  // A firewall has forbidden it.
        continue;
      default:  // EBADF, EINVAL, ...: waiting would not make it better.
        return absl::ErrnoToStatus(errno, "accept");
    }
  }
  return Accepted::kSome;
}

// A client that cannot be accepted stays in the queue, and the listener stays
// readable: parked, it does not make the loop spin. To be resumed when a
// connection is closed, and by a timer.
absl::Status Park(event_selector::Selector& selector, int listener,
                  event_selector::Token token) {
  return selector.Modify(listener, token, event_selector::Interest::kNone,
                         event_selector::Mode::kLevel);
}
absl::Status Resume(event_selector::Selector& selector, int listener,
                    event_selector::Token token) {
  return selector.Modify(listener, token, event_selector::Interest::kReadable,
                         event_selector::Mode::kLevel);
}
// [end]

// [begin the ends of a connection]
// Whether the connection goes on.
bool Serve(int fd, event_selector::Readiness readiness, std::string& received) {
  // First what has arrived: it lies before the end.
  while (readiness.readable() || readiness.read_closed() ||
         readiness.hangup()) {
    char chunk[4096];
    const ssize_t size = read(fd, chunk, sizeof(chunk));
    if (size > 0) {
      received.append(chunk, size);
    } else if (size < 0 && errno == EAGAIN) {
      break;
    } else if (size == 0 || errno != EINTR) {
      return false;  // All of it was read.
    }
  }
  return !readiness.hangup() && !(readiness.error() && HasFailed(fd));
}
// [end]

// [begin one listener in several selectors]
absl::Status ShareListener(event_selector::Selector& selector, int listener,
                           event_selector::Token token) {
  const event_selector::Mode modes = selector.capabilities().modes;
  return selector.Add(listener, token, event_selector::Interest::kReadable,
                      modes.contains(event_selector::Mode::kExclusive)
                          ? event_selector::Mode::kExclusive
                          : event_selector::Mode::kLevel);
}
// [end]

class ConnectionsTest : public testing::Test {
 protected:
  // What is ready: one event within two minutes, or none within 20 ms.
  std::vector<event_selector::Event> WaitFor(absl::Duration timeout) {
    event_selector::Event events[8];
    const auto ready = selector_->Wait(absl::MakeSpan(events), timeout);
    EXPECT_TRUE(ready.ok()) << ready.status();
    return {ready->begin(), ready->end()};
  }
  std::vector<event_selector::Event> ForSure() {
    return WaitFor(absl::Seconds(120));
  }
  std::vector<event_selector::Event> AMoment() {
    return WaitFor(absl::Milliseconds(20));
  }

  static sockaddr_in Loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  std::unique_ptr<event_selector::Selector> selector_ =
      event_selector::Selector::Create().value();
};

TEST_F(ConnectionsTest, ConnectSucceeds) {
  const Listener listener = MakeListener();
  const auto fd =
      Connect(*selector_, Loopback(listener.port), event_selector::Token(1));
  ASSERT_TRUE(fd.ok()) << fd.status();
  const Socket socket(*fd);
  ASSERT_EQ(ForSure().size(), 1u);
  EXPECT_TRUE(ConnectOutcome(*fd).ok());
}

TEST_F(ConnectionsTest, ConnectIsRefused) {
  const UnusedPort port = UnusedTcpPort();
  const auto fd =
      Connect(*selector_, Loopback(port.port), event_selector::Token(1));
  if (!fd.ok()) return;  // Some systems refuse at once.
  const Socket socket(*fd);
  const std::vector<event_selector::Event> events = ForSure();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].readiness.writable());
  EXPECT_TRUE(absl::IsUnavailable(ConnectOutcome(*fd))) << ConnectOutcome(*fd);
}

TEST_F(ConnectionsTest, WithoutDescriptorsTheListenerIsParked) {
  const Listener listener = MakeListener();
  const int fd = listener.socket.handle();
  ASSERT_TRUE(selector_
                  ->Add(fd, event_selector::Token(1),
                        event_selector::Interest::kReadable)
                  .ok());
  const Socket client = StartConnect(listener.port);
  ASSERT_EQ(ForSure().size(), 1u);

  // The lowest free number is the limit from here on.
  const int lowest = dup(fd);
  close(lowest);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = lowest;
  std::vector<int> clients;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const absl::StatusOr<Accepted> accepted = AcceptSome(fd, clients);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(*accepted, Accepted::kOutOfDescriptors);
  EXPECT_TRUE(clients.empty());

  ASSERT_TRUE(Park(*selector_, fd, event_selector::Token(1)).ok());
  EXPECT_TRUE(AMoment().empty());
  ASSERT_TRUE(Resume(*selector_, fd, event_selector::Token(1)).ok());
  ASSERT_EQ(ForSure().size(), 1u);
  EXPECT_EQ(AcceptSome(fd, clients).value(), Accepted::kAll);
  ASSERT_EQ(clients.size(), 1u);
  close(clients[0]);
}

// Parked, it would be tried again for ever.
TEST_F(ConnectionsTest, WhatIsNoListenerIsAnError) {
  const SocketPair pair = MakeStreamPair();
  std::vector<int> clients;
  EXPECT_TRUE(
      absl::IsInvalidArgument(AcceptSome(pair.a.handle(), clients).status()));
}

TEST_F(ConnectionsTest, WhatWasSentBeforeAHangUpIsRead) {
  SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(selector_
                  ->Add(pair.a.handle(), event_selector::Token(1),
                        event_selector::Interest::kReadable)
                  .ok());
  SendAll(pair.b.handle(), "last words");
  HangUp(std::move(pair.b));
  const std::vector<event_selector::Event> events = ForSure();
  ASSERT_EQ(events.size(), 1u);
  std::string received;
  EXPECT_FALSE(Serve(pair.a.handle(), events[0].readiness, received));
  EXPECT_EQ(received, "last words");
}

TEST_F(ConnectionsTest, AConnectionThatIsOpenGoesOn) {
  const SocketPair pair = MakeStreamPair();
  SendAll(pair.b.handle(), "hello");
  std::string received;
  EXPECT_TRUE(
      Serve(pair.a.handle(), event_selector::Readiness::kReadable, received));
  EXPECT_EQ(received, "hello");
}

#if defined(MSG_ERRQUEUE)
// Whether poll(2) reports an error of it.
bool HasError(event_selector::Handle handle) {
  pollfd polled = {handle, 0, 0};
  return poll(&polled, 1, 0) == 1 && (polled.revents & POLLERR) != 0;
}

TEST_F(ConnectionsTest, AZeroCopySendIsNoFailure) {
  const SocketPair pair = MakeTcpPair();
  const int on = 1;
  if (setsockopt(pair.a.handle(), SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) !=
      0) {
    GTEST_SKIP() << "no zero-copy sends here";
  }
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(send(pair.a.handle(), "x", 1, MSG_ZEROCOPY), 1);
    ASSERT_TRUE(AwaitReadable(pair.b.handle(), absl::Seconds(120)));
  }
  EXPECT_EQ(Drain(pair.b.handle()).size(), 3u);
  ASSERT_TRUE(HasError(pair.a.handle()));
  std::string received;
  EXPECT_TRUE(
      Serve(pair.a.handle(), event_selector::Readiness::kError, received));
  EXPECT_FALSE(HasError(pair.a.handle()));
}

TEST_F(ConnectionsTest, WhatTheNetworkSaysOfADatagramIsNoFailure) {
  SocketPair pair = MakeUdpPair();
  const int on = 1;
  ASSERT_EQ(
      setsockopt(pair.a.handle(), IPPROTO_IP, IP_RECVERR, &on, sizeof(on)), 0);
  pair.b.Close();
  ASSERT_EQ(send(pair.a.handle(), "x", 1, 0), 1);
  ASSERT_TRUE(HasError(pair.a.handle()));
  EXPECT_FALSE(HasFailed(pair.a.handle()));
  EXPECT_FALSE(HasError(pair.a.handle()));
}

// recvmsg(2) would take the datagram.
TEST_F(ConnectionsTest, WhatHasNoErrorQueueLosesNothing) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
  const Socket a(ends[0]);
  const Socket b(ends[1]);
  SendAll(b.handle(), "data");
  EXPECT_FALSE(HasFailed(a.handle()));
  EXPECT_EQ(Drain(a.handle()), "data");
}
#endif

TEST_F(ConnectionsTest, AResetIsAFailure) {
  SocketPair pair = MakeTcpPair();
  Reset(std::move(pair.b));
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), absl::Seconds(120)));
  EXPECT_TRUE(HasFailed(pair.a.handle()));
}

TEST_F(ConnectionsTest, AListenerInTwoSelectors) {
  const auto other = event_selector::Selector::Create().value();
  const Listener listener = MakeListener();
  const int fd = listener.socket.handle();
  ASSERT_TRUE(ShareListener(*selector_, fd, event_selector::Token(1)).ok());
  ASSERT_TRUE(ShareListener(*other, fd, event_selector::Token(1)).ok());
  const Socket client = StartConnect(listener.port);
  ASSERT_TRUE(AwaitReadable(fd, absl::Seconds(120)));
  // Whoever asks is told: exclusive is about who is woken.
  EXPECT_EQ(ForSure().size(), 1u);
}

}  // namespace
