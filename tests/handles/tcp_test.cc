// TCP and MPTCP sockets: rows H45 to H62 and H89 to H91 of docs/handles.md.

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/handles/handles_test.h"
#include "tests/support/socket.h"

#if !defined(IPPROTO_MPTCP)
#define IPPROTO_MPTCP 262
#endif
#if !defined(TCP_FASTOPEN_NO_COOKIE)
#define TCP_FASTOPEN_NO_COOKIE 34
#endif

namespace event_selector {
namespace testing {
namespace {

class Tcp : public HandlesTest {
 protected:
  static Socket Make(int protocol = IPPROTO_TCP) {
    return Socket(
        socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  }
  static int Connect(Handle handle, std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return connect(handle, reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address));
  }
  static void Set(Handle handle, int level, int name, int value) {
    ASSERT_EQ(setsockopt(handle, level, name, &value, sizeof(value)), 0);
  }
  // "0" or the name of the error, which is cleared by it.
  std::string NoteSocketError(Handle handle) {
    const int error = TakeSocketError(handle);
    return Note("SO_ERROR", error == 0 ? "0" : ErrorName(error));
  }
};
EVENT_INSTANTIATE_HANDLES(Tcp);

TEST_P(Tcp, H45Fresh) {
  const Socket fresh = Make();
  ASSERT_EQ(Add(fresh.handle(), kAll), "OK");
  EXPECT_EQ(See("never connected"), "writable+hangup");
}

TEST_P(Tcp, H46Refused) {
  const UnusedPort port = UnusedTcpPort();
  const Socket refused = StartConnect(port.port);
  ASSERT_EQ(Add(refused.handle(), kAll), "OK");
  EXPECT_EQ(SeeSoon("refused"), "readable+writable+read_closed+hangup+error");
  EXPECT_EQ(NoteSocketError(refused.handle()), "ECONNREFUSED");
  EXPECT_EQ(See("after it"), "readable+writable+read_closed+hangup");
}

// With a backlog that is full, the peer answers nothing.
TEST_P(Tcp, H47Connecting) {
  const Listener listener = MakeListener();
  ASSERT_EQ(listen(listener.socket.handle(), 0), 0);
  const Socket first = StartConnect(listener.port);
  ASSERT_TRUE(AwaitWritable(first.handle(), kForSure));
  const Socket second = StartConnect(listener.port);
  ASSERT_EQ(Add(second.handle(), kAll), "OK");
  EXPECT_EQ(See("no answer yet"), "nothing");
}

TEST_P(Tcp, H48FastOpen) {
  const UnusedPort port = UnusedTcpPort();
  const Socket quick = Make();
  const int on = 1;
  EVENT_HANDLES_NEED(
      setsockopt(quick.handle(), IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on,
                 sizeof(on)) == 0 &&
          setsockopt(quick.handle(), IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, &on,
                     sizeof(on)) == 0,
      "TCP_FASTOPEN_CONNECT");
  NoteResult("connect to a dead port", Connect(quick.handle(), port.port));
  ASSERT_EQ(Add(quick.handle(), kAll), "OK");
  EXPECT_EQ(See("nothing sent yet"), "writable");
  EXPECT_EQ(NoteSocketError(quick.handle()), "0");
  NoteResult("send", send(quick.handle(), "x", 1, MSG_NOSIGNAL));
  EXPECT_EQ(SeeSoon("after it"), "readable+writable+read_closed+hangup+error");
}

TEST_P(Tcp, H49PeerShutDown) {
  SocketPair pair = MakeTcpPair();
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  EXPECT_EQ(See("connected"), "writable");
  SendAll(pair.b.handle(), "x");
  ShutdownSend(pair.b.handle());
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
  EXPECT_EQ(SeeSoon("a byte and the peer's end"),
            "readable+writable+read_closed");
  EXPECT_EQ(Drain(pair.a.handle()), "x");
  EXPECT_EQ(See("drained"), "readable+writable+read_closed");
  ShutdownSend(pair.a.handle());
  EXPECT_EQ(See("shut down here, too"), "readable+writable+read_closed+hangup");
}

TEST_P(Tcp, H50ShutDownForReading) {
  SocketPair pair = MakeTcpPair();
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  ASSERT_EQ(shutdown(pair.a.handle(), SHUT_RD), 0);
  char byte;
  EXPECT_EQ(See("shut down here for reading"), "readable+writable+read_closed");
  NoteResult("recv", recv(pair.a.handle(), &byte, 1, 0));
  SendAll(pair.b.handle(), "x");
  NoteResult("recv after the peer sent", recv(pair.a.handle(), &byte, 1, 0));
}

TEST_P(Tcp, H51Reset) {
  SocketPair pair = MakeTcpPair();
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  Reset(std::move(pair.b));
  EXPECT_EQ(SeeSoon("reset"), "readable+writable+read_closed+hangup+error");
  EXPECT_EQ(NoteSocketError(pair.a.handle()), "ECONNRESET");
  EXPECT_EQ(See("after it"), "readable+writable+read_closed+hangup");
}

TEST_P(Tcp, H52Urgent) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  SocketPair pair = MakeTcpPair();
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  SendAll(pair.b.handle(), "ab");
  ASSERT_TRUE(SendOutOfBand(pair.b.handle(), '!'));
  SendAll(pair.b.handle(), "cd");
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
  EXPECT_EQ(SeeSoon("2 bytes, an urgent one, 2 bytes"),
            "readable+writable+priority");
  NoteResult("a read of 100 bytes",
             static_cast<long>(TryRead(pair.a.handle(), 100).data.size()));
  EXPECT_EQ(See("after it"), "readable+writable+priority");
  char urgent;
  ASSERT_EQ(recv(pair.a.handle(), &urgent, 1, MSG_OOB), 1);
  EXPECT_EQ(See("the urgent byte read"), "readable+writable");
  EXPECT_EQ(Drain(pair.a.handle()), "cd");
  EXPECT_EQ(See("drained"), "writable");
}

TEST_P(Tcp, H53LowWaterMark) {
  SocketPair pair = MakeTcpPair();
  Set(pair.a.handle(), SOL_SOCKET, SO_RCVLOWAT, 5);
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable), "OK");
  SendAll(pair.b.handle(), "abc");
  EXPECT_EQ(See("3 bytes of SO_RCVLOWAT 5"), "nothing");
  SendAll(pair.b.handle(), "de");
  EXPECT_EQ(SeeSoon("5 bytes"), "readable");
  EXPECT_EQ(TryRead(pair.a.handle(), 1).data, "a");
  EXPECT_EQ(See("one read"), "nothing");
}

TEST_P(Tcp, H54ZeroCopy) {
  SocketPair pair = MakeTcpPair();
  const int on = 1;
  EVENT_HANDLES_NEED(setsockopt(pair.a.handle(), SOL_SOCKET, SO_ZEROCOPY, &on,
                                sizeof(on)) == 0,
                     "SO_ZEROCOPY");
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable), "OK");
  const std::string much(10'000, 'x');
  ASSERT_GT(send(pair.a.handle(), much.data(), much.size(), MSG_ZEROCOPY), 0);
  EXPECT_EQ(Drain(pair.b.handle()).empty(), false);
  EXPECT_EQ(SeeSoon("sent with MSG_ZEROCOPY"), "error");
  EXPECT_EQ(NoteSocketError(pair.a.handle()), "0");
  EXPECT_EQ(See("after it"), "error");
  msghdr message = {};
  char control[256];
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  NoteResult("recvmsg(MSG_ERRQUEUE)",
             recvmsg(pair.a.handle(), &message, MSG_ERRQUEUE));
  EXPECT_EQ(See("after that"), "nothing");
}

TEST_P(Tcp, H55Listener) {
  const Listener listener = MakeListener();
  ASSERT_EQ(Add(listener.socket.handle(), kAll), "OK");
  EXPECT_EQ(See("no client"), "nothing");
  const Socket client = StartConnect(listener.port);
  EXPECT_EQ(SeeSoon("a client"), "readable");
  ASSERT_TRUE(TryAccept(listener.socket.handle()).has_value());
  EXPECT_EQ(See("accepted"), "nothing");
}

TEST_P(Tcp, H56ListenerResetBeforeAccept) {
  const Listener listener = MakeListener();
  ASSERT_EQ(Add(listener.socket.handle(), kAll), "OK");
  Socket client = StartConnect(listener.port);
  ASSERT_TRUE(AwaitReadable(listener.socket.handle(), kForSure));
  Reset(std::move(client));
  EXPECT_EQ(See("its client has reset"), "readable");
  const std::optional<Socket> accepted = TryAccept(listener.socket.handle());
  Note("accept", accepted.has_value() ? "a socket" : "EAGAIN");
  EXPECT_TRUE(accepted.has_value());
}

TEST_P(Tcp, H57ListenerShutDown) {
  const Listener listener = MakeListener();
  ASSERT_EQ(Add(listener.socket.handle(), kAll), "OK");
  ASSERT_EQ(shutdown(listener.socket.handle(), SHUT_RDWR), 0);
  EXPECT_EQ(See("shut down"), "writable+hangup");
  NoteResult("accept", accept(listener.socket.handle(), nullptr, nullptr));
}

TEST_P(Tcp, H58DeferredAccept) {
  const Listener listener = MakeListener();
  Set(listener.socket.handle(), IPPROTO_TCP, TCP_DEFER_ACCEPT, 60);
  ASSERT_EQ(Add(listener.socket.handle(), kAll), "OK");
  const Socket client = StartConnect(listener.port);
  ASSERT_TRUE(AwaitWritable(client.handle(), kForSure));
  EXPECT_EQ(See("a client that is connected, as it sees it"), "nothing");
  SendAll(client.handle(), "x");
  EXPECT_EQ(SeeSoon("it has sent a byte"), "readable");
}

TEST_P(Tcp, H59NotSentLowWaterMark) {
  SocketPair pair = MakeTcpPair();
  Set(pair.a.handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1);
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  EXPECT_EQ(See("nothing unsent"), "writable");
  // Until the peer's window is full and something is left that was not sent:
  // for a while, as the kernel may still be busy with what is under way.
  while (AwaitWritable(pair.a.handle(), absl::Milliseconds(50))) {
    SendAll(pair.a.handle(), std::string(1024, 'x'));
  }
  EXPECT_EQ(See("something unsent"), "nothing");
  const std::size_t more = SendSome(pair.a.handle(), std::string(1024, 'x'));
  Note("send of 1024", more == 0 ? "EAGAIN" : "1024");
}

TEST_P(Tcp, H60MptcpFresh) {
  const Socket fresh = Make(IPPROTO_MPTCP);
  EVENT_HANDLES_NEED(fresh.valid(), "MPTCP");
  ASSERT_EQ(Add(fresh.handle(), kAll), "OK");
  EXPECT_EQ(See("never connected"), "writable+hangup");
}

TEST_P(Tcp, H61MptcpRefused) {
  const Socket refused = Make(IPPROTO_MPTCP);
  EVENT_HANDLES_NEED(refused.valid(), "MPTCP");
  const UnusedPort port = UnusedTcpPort();
  ASSERT_EQ(Connect(refused.handle(), port.port), -1);
  ASSERT_EQ(errno, EINPROGRESS);
  ASSERT_EQ(Add(refused.handle(), kAll), "OK");
  EXPECT_EQ(SeeSoon("refused"), "writable+hangup+error");
  EXPECT_EQ(NoteSocketError(refused.handle()), "ECONNREFUSED");
}

TEST_P(Tcp, H62MptcpUrgent) {
  const Socket listener = Make(IPPROTO_MPTCP);
  EVENT_HANDLES_NEED(listener.valid(), "MPTCP");
  ASSERT_EQ(listen(listener.handle(), 1), 0);
  const Socket client = Make(IPPROTO_MPTCP);
  Connect(client.handle(), LocalPort(listener.handle()));
  ASSERT_TRUE(AwaitReadable(listener.handle(), kForSure));
  const std::optional<Socket> server = TryAccept(listener.handle());
  ASSERT_TRUE(server.has_value());
  ASSERT_EQ(Add(server->handle(), kAll), "OK");
  EXPECT_EQ(See("connected"), "writable");
  NoteResult("send(MSG_OOB)",
             send(client.handle(), "!", 1, MSG_OOB | MSG_NOSIGNAL));
  EXPECT_EQ(See("after it"), "readable+writable");
}

// A peer whose kernel throws away what it gets, as behind a broken cable.
TEST_P(Tcp, H89PeerVanished) {
  const SocketPair pair = MakeTcpPair();
  sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
  sock_fprog program = {};
  program.len = 1;
  program.filter = filter;
  EVENT_HANDLES_NEED(setsockopt(pair.b.handle(), SOL_SOCKET, SO_ATTACH_FILTER,
                                &program, sizeof(program)) == 0,
                     "SO_ATTACH_FILTER");
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  SendAll(pair.a.handle(), "x");
  EXPECT_EQ(See("sent, and nobody answers"), "writable");
  Set(pair.a.handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, 1);
  // Waits for nothing else, since it is writable meanwhile.
  Ask(Interest::kReadable);
  EXPECT_EQ(SeeSoon("TCP_USER_TIMEOUT"), "readable+hangup+error");
  EXPECT_EQ(NoteSocketError(pair.a.handle()), "ETIMEDOUT");
}

TEST_P(Tcp, H90SendBuffer) {
  const SocketPair pair = MakeTcpPair();
  Set(pair.a.handle(), SOL_SOCKET, SO_SNDBUF, 100'000);
  ASSERT_EQ(Add(pair.a.handle(), Interest::kWritable), "OK");
  // For a while, as the kernel may still be busy with what is under way.
  while (AwaitWritable(pair.a.handle(), absl::Milliseconds(50))) {
    SendAll(pair.a.handle(), std::string(1024, 'x'));
  }
  EXPECT_EQ(See("two thirds of the send buffer taken"), "nothing");
  EXPECT_EQ(
      NoteResult("send of 1024", static_cast<long>(SendSome(
                                     pair.a.handle(), std::string(1024, 'x')))),
      "1024");
}

TEST_P(Tcp, H91Disconnected) {
  const SocketPair pair = MakeTcpPair();
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  EXPECT_EQ(See("connected"), "writable");
  sockaddr nobody = {};
  nobody.sa_family = AF_UNSPEC;
  ASSERT_EQ(connect(pair.a.handle(), &nobody, sizeof(nobody)), 0);
  EXPECT_EQ(See("connect to AF_UNSPEC"), "writable+hangup+error");
  EXPECT_EQ(NoteSocketError(pair.a.handle()), "ECONNRESET");
  EXPECT_EQ(See("after it"), "writable+hangup");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
