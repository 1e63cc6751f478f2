// AF_UNIX sockets: rows H73 to H85, H87 and H92 of docs/handles.md.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/handles/handles_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

class Unix : public HandlesTest {
 protected:
  static Socket Make(int type) {
    return Socket(socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  }
  static SocketPair MakePair(int type) {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
              0);
    return {Socket(ends[0]), Socket(ends[1])};
  }
  // Gives it an abstract name, which the kernel chooses.
  static sockaddr_un Bind(Handle handle, socklen_t& size) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    EXPECT_EQ(bind(handle, reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address.sun_family)),
              0);
    size = sizeof(address);
    EXPECT_EQ(getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size),
              0);
    return address;
  }
  static int Connect(Handle handle, const sockaddr_un& address,
                     socklen_t size) {
    return connect(handle, reinterpret_cast<const sockaddr*>(&address), size);
  }
  // Sends `text` with a descriptor beside it.
  static void SendWithDescriptor(Handle handle, std::string text) {
    iovec part = {text.data(), text.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &handle, sizeof(int));
    EXPECT_EQ(sendmsg(handle, &message, 0), static_cast<long>(text.size()));
  }
  Mode EdgeIfThereIs() const {
    return Supports(Mode::kEdge) ? Mode::kEdge : Mode::kLevel;
  }
  void NoteRead(absl::string_view label, Handle handle) {
    char bytes[100];
    NoteResult(label, recv(handle, bytes, sizeof(bytes), 0));
  }
};
EVENT_INSTANTIATE_HANDLES(Unix);

TEST_P(Unix, H73StreamFresh) {
  const Socket fresh = Make(SOCK_STREAM);
  ASSERT_EQ(Add(fresh.handle(), kAll), "OK");
  EXPECT_EQ(See("never connected"), "writable+hangup");
}

// The flag is ignored: what is read is data, or spends the error.
TEST_P(Unix, H87ErrorQueue) {
  const SocketPair pair = MakePair(SOCK_DGRAM);
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable), "OK");
  SendAll(pair.b.handle(), "data");
  EXPECT_EQ(See("a datagram"), "readable");
  msghdr report = {};
  NoteResult("recvmsg(MSG_ERRQUEUE) without room",
             recvmsg(pair.a.handle(), &report, MSG_ERRQUEUE));
  EXPECT_EQ(See("after it"), "nothing");
}

TEST_P(Unix, H74StreamEnds) {
  SocketPair pair = MakePair(SOCK_STREAM);
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  EXPECT_EQ(See("connected"), "writable");
  ShutdownSend(pair.b.handle());
  EXPECT_EQ(See("the peer's end"), "readable+writable+read_closed");
  pair.b.Close();
  EXPECT_EQ(See("closed"), "readable+writable+read_closed+hangup");
}

// What was sent is lost with it, and that is an error.
TEST_P(Unix, H75StreamClosedUnread) {
  SocketPair pair = MakePair(SOCK_STREAM);
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  SendAll(pair.a.handle(), "unread");
  pair.b.Close();
  EXPECT_EQ(See("closed with unread data"),
            "readable+writable+read_closed+hangup+error");
  NoteRead("recv", pair.a.handle());
  EXPECT_EQ(See("after it"), "readable+writable+read_closed+hangup");
}

TEST_P(Unix, H76StreamWithADescriptor) {
  const SocketPair pair = MakePair(SOCK_STREAM);
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable, EdgeIfThereIs()), "OK");
  SendWithDescriptor(pair.b.handle(), "one");
  SendAll(pair.b.handle(), "two");
  const bool has_edge = Supports(Mode::kEdge);
  EXPECT_EQ(See("3 bytes with a descriptor, 3 without"),
            has_edge ? "readable once" : "readable");
  NoteRead("a read of 100 bytes", pair.a.handle());
  EXPECT_EQ(See("after it"), has_edge ? "nothing" : "readable");
  EXPECT_EQ(Drain(pair.a.handle()), "two");
}

TEST_P(Unix, H77StreamOfSeveralSenders) {
  const SocketPair pair = MakePair(SOCK_STREAM);
  const int on = 1;
  ASSERT_EQ(
      setsockopt(pair.a.handle(), SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable, EdgeIfThereIs()), "OK");
  SendAll(pair.b.handle(), "one");
  const pid_t child = fork();
  if (child == 0) _exit(write(pair.b.handle(), "two", 3) == 3 ? 0 : 1);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const bool has_edge = Supports(Mode::kEdge);
  EXPECT_EQ(See("3 bytes of one process, 3 of another, with SO_PASSCRED"),
            has_edge ? "readable once" : "readable");
  NoteRead("a read of 100 bytes", pair.a.handle());
  EXPECT_EQ(See("after it"), has_edge ? "nothing" : "readable");
  EXPECT_EQ(Drain(pair.a.handle()), "two");
}

TEST_P(Unix, H78StreamUrgent) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  const SocketPair pair = MakePair(SOCK_STREAM);
  ASSERT_EQ(Add(pair.a.handle(), kAll, EdgeIfThereIs()), "OK");
  SendAll(pair.b.handle(), "one");
  EVENT_HANDLES_NEED(SendOutOfBand(pair.b.handle(), '!'),
                     "urgent bytes of AF_UNIX (Linux 5.15)");
  SendAll(pair.b.handle(), "two");
  const bool has_edge = Supports(Mode::kEdge);
  EXPECT_EQ(See("3 bytes, an urgent one, 3 bytes"),
            has_edge ? "readable+writable+priority once"
                     : "readable+writable+priority");
  NoteRead("a read of 100 bytes", pair.a.handle());
  EXPECT_EQ(See("after it"),
            has_edge ? "nothing" : "readable+writable+priority");
}

TEST_P(Unix, H79StreamLowWaterMark) {
  const SocketPair pair = MakePair(SOCK_STREAM);
  const int mark = 5;
  ASSERT_EQ(
      setsockopt(pair.a.handle(), SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof(mark)),
      0);
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable), "OK");
  SendAll(pair.b.handle(), "abc");
  EXPECT_EQ(See("3 bytes of SO_RCVLOWAT 5"), "readable");
}

TEST_P(Unix, H80Listener) {
  const Socket listener = Make(SOCK_STREAM);
  socklen_t size;
  Bind(listener.handle(), size);
  ASSERT_EQ(listen(listener.handle(), 1), 0);
  ASSERT_EQ(Add(listener.handle(), kAll), "OK");
  EXPECT_EQ(See("no client"), "nothing");
  ASSERT_EQ(shutdown(listener.handle(), SHUT_RDWR), 0);
  EXPECT_EQ(See("shut down"), "readable+read_closed+hangup");
  NoteResult("accept", accept(listener.handle(), nullptr, nullptr));
}

TEST_P(Unix, H81FullBacklog) {
  const Socket listener = Make(SOCK_STREAM);
  socklen_t size;
  const sockaddr_un address = Bind(listener.handle(), size);
  ASSERT_EQ(listen(listener.handle(), 0), 0);
  const Socket first = Make(SOCK_STREAM);
  ASSERT_EQ(Connect(first.handle(), address, size), 0);
  const Socket second = Make(SOCK_STREAM);
  NoteResult("connect", Connect(second.handle(), address, size));
  ASSERT_EQ(Add(second.handle(), kAll, EdgeIfThereIs()), "OK");
  See("full");
  const Socket accepted(accept(listener.handle(), nullptr, nullptr));
  ASSERT_TRUE(accepted.valid());
  EXPECT_EQ(See("there is room again"),
            Supports(Mode::kEdge) ? "nothing" : "writable+hangup");
}

TEST_P(Unix, H82DatagramPeerFull) {
  const Socket receiver = Make(SOCK_DGRAM);
  socklen_t size;
  const sockaddr_un address = Bind(receiver.handle(), size);
  const Socket sender = Make(SOCK_DGRAM);
  ASSERT_EQ(Connect(sender.handle(), address, size), 0);
  ASSERT_EQ(Add(sender.handle(), kAll), "OK");
  EXPECT_EQ(See("connected"), "writable");
  while (send(sender.handle(), "x", 1, 0) == 1) {
  }
  ASSERT_EQ(errno, EAGAIN);
  EXPECT_EQ(See("the receiver's queue full"), "nothing");
  EXPECT_EQ(TryRead(receiver.handle(), 1).data, "x");
  EXPECT_EQ(See("one read"), "writable");
}

TEST_P(Unix, H83DatagramNotConnected) {
  const Socket receiver = Make(SOCK_DGRAM);
  socklen_t size;
  const sockaddr_un address = Bind(receiver.handle(), size);
  const Socket sender = Make(SOCK_DGRAM);
  ASSERT_EQ(Add(sender.handle(), kAll), "OK");
  while (sendto(sender.handle(), "x", 1, 0,
                reinterpret_cast<const sockaddr*>(&address), size) == 1) {
  }
  NoteResult("sendto", -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(See("not connected, the receiver's queue full"), "writable");
}

// Two that are connected to each other have no limit but the send buffer's.
TEST_P(Unix, H84DatagramPair) {
  SocketPair pair = MakePair(SOCK_DGRAM);
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  long sent = 0;
  while (send(pair.a.handle(), "x", 1, 0) == 1) ++sent;
  ASSERT_EQ(errno, EAGAIN);
  EXPECT_EQ(See("the send buffer full"), "nothing");
  for (long i = 0; i < sent / 3; ++i) TryRead(pair.b.handle(), 1);
  EXPECT_EQ(See("a third read"), "nothing");
  NoteResult("send", send(pair.a.handle(), "x", 1, 0));
  for (long i = 0; i < sent / 2; ++i) TryRead(pair.b.handle(), 1);
  EXPECT_EQ(See("five sixths read"), "writable");
  pair.b.Close();
  EXPECT_EQ(See("closed"), "writable");
  NoteResult("send", send(pair.a.handle(), "x", 1, 0));
}

TEST_P(Unix, H85SequencedPackets) {
  SocketPair pair = MakePair(SOCK_SEQPACKET);
  ASSERT_EQ(Add(pair.a.handle(), kAll), "OK");
  SendAll(pair.b.handle(), "one");
  SendAll(pair.b.handle(), "two");
  NoteRead("two packets: a read of 100 bytes", pair.a.handle());
  EXPECT_EQ(See("after it"), "readable+writable");
  EXPECT_EQ(TryRead(pair.a.handle(), 100).data, "two");
  pair.b.Close();
  EXPECT_EQ(See("closed"), "readable+writable+read_closed+hangup");
}

TEST_P(Unix, H92StreamSendBuffer) {
  const SocketPair pair = MakePair(SOCK_STREAM);
  ASSERT_EQ(Add(pair.a.handle(), Interest::kWritable), "OK");
  const std::string part(1024, 'x');
  while (AwaitWritable(pair.a.handle(), absl::ZeroDuration())) {
    SendAll(pair.a.handle(), part);
  }
  EXPECT_EQ(See("more than a quarter of the send buffer taken"), "nothing");
  EXPECT_EQ(NoteResult("send of 1024", send(pair.a.handle(), part.data(),
                                            part.size(), MSG_NOSIGNAL)),
            "1024");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
