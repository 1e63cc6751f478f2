// UDP, netlink and other sockets: rows H63 to H72 and H88 of docs/handles.md.

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <thread>

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

class Datagrams : public HandlesTest {
 protected:
  static Socket Make(int family, int type, int protocol = 0) {
    return Socket(
        socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  }
  static bool Set(Handle handle, int level, int name, int value) {
    return setsockopt(handle, level, name, &value, sizeof(value)) == 0;
  }
  static sockaddr_in Loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  // A UDP socket connected to a port that nobody has.
  static Socket ConnectedToNobody() {
    std::uint16_t port;
    {
      const Socket closed = Make(AF_INET, SOCK_DGRAM);
      const sockaddr_in any = Loopback(0);
      EXPECT_EQ(bind(closed.handle(), reinterpret_cast<const sockaddr*>(&any),
                     sizeof(any)),
                0);
      port = LocalPort(closed.handle());
    }
    Socket made = Make(AF_INET, SOCK_DGRAM);
    const sockaddr_in nobody = Loopback(port);
    EXPECT_EQ(connect(made.handle(), reinterpret_cast<const sockaddr*>(&nobody),
                      sizeof(nobody)),
              0);
    return made;
  }
  void NoteRead(absl::string_view label, Handle handle) {
    char byte;
    NoteResult(label, recv(handle, &byte, 1, 0));
  }
  void NoteErrorQueue(Handle handle) {
    msghdr message = {};
    char control[512];
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    const long result = recvmsg(handle, &message, MSG_ERRQUEUE);
    Note("recvmsg(MSG_ERRQUEUE)", result < 0 ? ErrorName(errno) : "a report");
    EXPECT_GE(result, 0);
  }
  std::string NoteSocketError(Handle handle) {
    const int error = TakeSocketError(handle);
    return Note("SO_ERROR", error == 0 ? "0" : ErrorName(error));
  }
};
EVENT_INSTANTIATE_HANDLES(Datagrams);

TEST_P(Datagrams, H63UdpShutDown) {
  const Socket udp = Make(AF_INET, SOCK_DGRAM);
  ASSERT_EQ(Add(udp.handle(), kAll), "OK");
  EXPECT_EQ(See("not connected"), "writable");
  NoteResult("shutdown", shutdown(udp.handle(), SHUT_RDWR));
  EXPECT_EQ(See("after it"), "readable+writable+read_closed+hangup");
  NoteRead("recv", udp.handle());
}

TEST_P(Datagrams, H64UdpEmptyDatagram) {
  const SocketPair pair = MakeUdpPair();
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable), "OK");
  ASSERT_EQ(send(pair.b.handle(), "", 0, 0), 0);
  EXPECT_EQ(See("an empty datagram"), "readable");
  NoteRead("recv", pair.a.handle());
  EXPECT_EQ(See("after it"), "nothing");
}

TEST_P(Datagrams, H65UdpRefused) {
  const Socket udp = ConnectedToNobody();
  ASSERT_EQ(Add(udp.handle(), kAll), "OK");
  ASSERT_EQ(send(udp.handle(), "x", 1, 0), 1);
  EXPECT_EQ(SeeSoon("sent to nobody"), "writable+error");
  NoteRead("recv", udp.handle());
  EXPECT_EQ(See("after it"), "writable");
}

TEST_P(Datagrams, H66UdpErrorQueue) {
  const Socket udp = ConnectedToNobody();
  ASSERT_TRUE(Set(udp.handle(), IPPROTO_IP, IP_RECVERR, 1));
  ASSERT_EQ(Add(udp.handle(), Interest::kReadable), "OK");
  ASSERT_EQ(send(udp.handle(), "x", 1, 0), 1);
  EXPECT_EQ(SeeSoon("sent to nobody, with IP_RECVERR"), "error");
  NoteRead("recv", udp.handle());
  EXPECT_EQ(See("after it"), "error");
  EXPECT_EQ(NoteSocketError(udp.handle()), "0");
  NoteErrorQueue(udp.handle());
  EXPECT_EQ(See("after that"), "nothing");
}

TEST_P(Datagrams, H67TransmitTimestamps) {
  const SocketPair pair = MakeUdpPair();
  EVENT_HANDLES_NEED(
      Set(pair.a.handle(), SOL_SOCKET, SO_TIMESTAMPING,
          SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE),
      "SO_TIMESTAMPING");
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable), "OK");
  SendAll(pair.a.handle(), "x");
  EXPECT_EQ(SeeSoon("sent, with SO_TIMESTAMPING"), "error");
  EXPECT_EQ(NoteSocketError(pair.a.handle()), "0");
  NoteErrorQueue(pair.a.handle());
  EXPECT_EQ(See("after it"), "nothing");
}

TEST_P(Datagrams, H68UdpLowWaterMark) {
  const SocketPair pair = MakeUdpPair();
  ASSERT_TRUE(Set(pair.a.handle(), SOL_SOCKET, SO_RCVLOWAT, 5));
  ASSERT_EQ(Add(pair.a.handle(), Interest::kReadable), "OK");
  SendAll(pair.b.handle(), "abc");
  EXPECT_EQ(See("3 bytes of SO_RCVLOWAT 5"), "readable");
}

TEST_P(Datagrams, H69NetlinkOverrun) {
  const Socket sender = Make(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
  const Socket receiver = Make(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
  EVENT_HANDLES_NEED(sender.valid() && receiver.valid(), "NETLINK_USERSOCK");
  sockaddr_nl group = {};
  group.nl_family = AF_NETLINK;
  group.nl_groups = 1u << 22;
  EVENT_HANDLES_NEED(
      bind(receiver.handle(), reinterpret_cast<const sockaddr*>(&group),
           sizeof(group)) == 0,
      "groups of NETLINK_USERSOCK (CAP_NET_ADMIN)");
  ASSERT_TRUE(Set(receiver.handle(), SOL_SOCKET, SO_RCVBUF, 1));
  ASSERT_EQ(Add(receiver.handle(), Interest::kReadable), "OK");
  EXPECT_EQ(See("nothing"), "nothing");
  const std::string message(1024, 'x');
  for (int i = 0; i < 16; ++i) {
    sendto(sender.handle(), message.data(), message.size(), 0,
           reinterpret_cast<const sockaddr*>(&group), sizeof(group));
  }
  // A request tells what woke it: the first message.
  EXPECT_EQ(See("more messages than fit"), AsksByRequests()
                                               ? "readable, then readable+error"
                                               : "readable+error");
  NoteRead("recv", receiver.handle());
  EXPECT_EQ(See("after it"), "readable");
  NoteRead("recv again", receiver.handle());
}

TEST_P(Datagrams, H70PacketSocketOfADownInterface) {
  std::string missing;
  std::thread([&] {
    const bool is_apart = unshare(CLONE_NEWNET) == 0;
    const Socket packets = Make(AF_PACKET, SOCK_DGRAM);
    if (!is_apart || !packets.valid()) {
      missing = "AF_PACKET or a network namespace of the test's own";
      return;
    }
    ASSERT_EQ(Add(packets.handle(), kAll), "OK");
    EXPECT_EQ(See("not bound"), "writable");
    sockaddr_ll address = {};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(3);  // ETH_P_ALL
    address.sll_ifindex = static_cast<int>(if_nametoindex("lo"));
    ASSERT_EQ(bind(packets.handle(), reinterpret_cast<sockaddr*>(&address),
                   sizeof(address)),
              0);
    EXPECT_EQ(See("bound to an interface that is down"), "writable+error");
    NoteRead("recv", packets.handle());
    EXPECT_EQ(See("after it"), "writable");
  }).join();
  EVENT_HANDLES_NEED(missing.empty(), missing);
}

TEST_P(Datagrams, H71Vsock) {
  const Socket fresh = Make(AF_VSOCK, SOCK_STREAM);
  EVENT_HANDLES_NEED(fresh.valid(), "AF_VSOCK");
  ASSERT_EQ(Add(fresh.handle(), kAll), "OK");
  EXPECT_EQ(See("never connected"), "writable");
}

TEST_P(Datagrams, H72Xdp) {
  constexpr int kXdp = 44;
  const Socket fresh = Make(kXdp, SOCK_RAW);
  EVENT_HANDLES_NEED(fresh.valid(), "AF_XDP");
  ASSERT_EQ(Add(fresh.handle(), kAll), "OK");
  EXPECT_EQ(See("not bound"), "nothing");
}

// By a socket that sends what it is given as it is.
TEST_P(Datagrams, H88UdpWrongChecksum) {
  const Socket raw = Make(AF_INET, SOCK_RAW, IPPROTO_UDP);
  EVENT_HANDLES_NEED(raw.valid(), "raw sockets (CAP_NET_RAW)");
  const Socket receiver = Make(AF_INET, SOCK_DGRAM);
  sockaddr_in address = Loopback(0);
  ASSERT_EQ(bind(receiver.handle(), reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address)),
            0);
  const std::uint16_t port = LocalPort(receiver.handle());
  ASSERT_EQ(Add(receiver.handle(), Interest::kReadable), "OK");
  struct {
    udphdr header;
    char data[100];  // Short ones are checked on arrival.
  } datagram = {};
  datagram.header.source = htons(port);
  datagram.header.dest = htons(port);
  datagram.header.len = htons(sizeof(datagram));
  datagram.header.check = htons(1);
  ASSERT_EQ(
      sendto(raw.handle(), &datagram, sizeof(datagram), 0,
             reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
      static_cast<long>(sizeof(datagram)));
  EXPECT_EQ(See("a datagram with a wrong checksum"), "readable");
  NoteRead("recv", receiver.handle());
  EXPECT_EQ(See("after it"), "nothing");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
