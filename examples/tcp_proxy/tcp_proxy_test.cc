// Tests of the built program, between real clients and a real target.

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace examples {
namespace proxy {
namespace {

using event_selector::testing::FillSendBuffer;
using event_selector::testing::Listener;
using event_selector::testing::MakeListener;

std::string* proxy_path = nullptr;

// More than the kernel ever buffers for two connections: on Linux at most 6 MB
// for each receiver and 4 MB for each sender (tcp_rmem, tcp_wmem in tcp(7)).
constexpr std::size_t kAllBuffers = std::size_t{48} << 20;

std::string TargetFlag(std::uint16_t port) {
  return absl::StrCat("--target=127.0.0.1:", port);
}

// The two ends that talk to each other through the proxy.
struct Ends {
  Descriptor client;
  Descriptor target;
};

// Where the proxy has nothing to do, it does nothing: there is a second in
// which it uses no processor time worth mentioning. (It may not be the first,
// as it may have something to finish.) A loop that is told of something again
// and again uses all it gets, which on a busy machine may be little.
void ExpectToRest(const ServerProcess& proxy) {
  for (int i = 0; i < 10; ++i) {
    const std::optional<absl::Duration> before = proxy.CpuTime();
    if (!before.has_value()) return;
    absl::SleepFor(absl::Seconds(1));
    if (*proxy.CpuTime() - *before < absl::Milliseconds(20)) return;
  }
  ADD_FAILURE() << "the proxy is busy";
}

std::string Stop(ServerProcess& proxy) {
  proxy.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(proxy.Join(&output), 0);
  return output;
}

class TcpProxyTest : public testing::Test {
 protected:
  ServerProcess StartProxy(const std::vector<std::string>& more_flags = {},
                           int descriptor_limit = 0) {
    std::vector<std::string> flags = {TargetFlag(target_.port)};
    flags.insert(flags.end(), more_flags.begin(), more_flags.end());
    return ServerProcess(*proxy_path, flags, descriptor_limit);
  }

  Ends Open(const ServerProcess& proxy) {
    Descriptor client = Connect(proxy.port());
    return {std::move(client), Accept(target_)};
  }

  const Listener target_ = MakeListener();
};

void ExpectPassedOn(const Descriptor& from, const Descriptor& to,
                    const std::string& data) {
  Send(from, data);
  EXPECT_EQ(Receive(to, data.size()), data);
}

TEST_F(TcpProxyTest, PassesOnInBothDirections) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  for (int i = 0; i < 3; ++i) {
    ExpectPassedOn(ends.client, ends.target, "question");
    ExpectPassedOn(ends.target, ends.client, "answer");
  }
}

TEST_F(TcpProxyTest, KeepsConnectionsApart) {
  ServerProcess proxy = StartProxy();
  const Ends one = Open(proxy);
  const Ends two = Open(proxy);
  Send(one.client, "one");
  Send(two.client, "two");
  Send(one.target, "1st");
  EXPECT_EQ(Receive(two.target, 3), "two");
  EXPECT_EQ(Receive(one.target, 3), "one");
  EXPECT_EQ(Receive(one.client, 3), "1st");
}

TEST_F(TcpProxyTest, TheTargetMayBeAName) {
  ServerProcess proxy(*proxy_path,
                      {absl::StrCat("--target=localhost:", target_.port)});
  const Ends ends = Open(proxy);
  ExpectPassedOn(ends.client, ends.target, "question");
}

TEST_F(TcpProxyTest, TheTargetMaySpeakFirst) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  ExpectPassedOn(ends.target, ends.client, "hello");
}

// `first` sends, shuts down, and still gets a long answer from `second`.
void ExpectHalfClose(const Descriptor& first, const Descriptor& second) {
  const std::string question = Pattern(100000, 1);
  EXPECT_TRUE(SendAndReceive(first, second, question, 65536, true) == question);
  EXPECT_TRUE(AtEnd(second));
  const std::string answer = Pattern(std::size_t{1} << 20, 2);
  EXPECT_TRUE(SendAndReceive(second, first, answer, 2000, true) == answer);
  EXPECT_TRUE(AtEnd(first));
}

TEST_F(TcpProxyTest, TheClientMayShutDownFirst) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  ExpectHalfClose(ends.client, ends.target);
}

TEST_F(TcpProxyTest, TheTargetMayShutDownFirst) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  ExpectHalfClose(ends.target, ends.client);
}

TEST_F(TcpProxyTest, AClientShutDownFromTheBeginningGetsItsAnswer) {
  ServerProcess proxy = StartProxy();
  proxy.Pause();
  Descriptor client = Connect(proxy.port());
  Send(client, "question");
  ShutDownSending(client);
  proxy.Continue();
  const Ends ends = {std::move(client), Accept(target_)};
  EXPECT_EQ(ReceiveAll(ends.target), "question");
  Send(ends.target, "answer");
  ShutDownSending(ends.target);
  EXPECT_EQ(ReceiveAll(ends.client), "answer");
}

// `out` is shut down in both directions while the proxy still holds its data,
// and more of it waits in the kernel: a hang-up that is not the end.
void ExpectNothingIsLostBehindAHangUp(const ServerProcess& proxy,
                                      const Descriptor& out,
                                      const Descriptor& in) {
  ShutDownSending(in);
  EXPECT_TRUE(AtEnd(out));
  const std::size_t sent = FillSendBuffer(out.get());
  ShutDownSending(out);
  ExpectToRest(proxy);
  EXPECT_EQ(ReceiveAll(in).size(), sent);
}

TEST_F(TcpProxyTest, WhatAClientSentBeforeBothShutDownArrives) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  ExpectNothingIsLostBehindAHangUp(proxy, ends.client, ends.target);
}

TEST_F(TcpProxyTest, WhatTheTargetSentBeforeBothShutDownArrives) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  ExpectNothingIsLostBehindAHangUp(proxy, ends.target, ends.client);
}

TEST_F(TcpProxyTest, TheEndComesBehindWhatTheProxyHolds) {
  // Here the proxy has read everything, the end included, while most of it is
  // still in its buffer.
  ServerProcess proxy = StartProxy({"--max_buffer=100000000"});
  const Ends ends = Open(proxy);
  const std::string data(std::size_t{32} << 20, 'x');
  Send(ends.client, data);
  ShutDownSending(ends.client);
  ExpectToRest(proxy);
  EXPECT_EQ(ReceiveAll(ends.target).size(), data.size());
  ExpectPassedOn(ends.target, ends.client, "answer");
}

// What `in` does not receive, `out` cannot send: the proxy holds no more than
// its buffer. (FillSendBuffer aborts if there is no end to it.)
void ExpectBackPressure(const Descriptor& out, const Descriptor& in) {
  const std::size_t accepted = FillSendBuffer(out.get());
  EXPECT_LT(accepted, kAllBuffers);
  // The other direction, and a later flow in this one, are as good as before.
  ExpectPassedOn(in, out, "the other direction");
  EXPECT_EQ(Receive(in, accepted), std::string(accepted, 'x'));
  ExpectPassedOn(out, in, "more");
}

TEST_F(TcpProxyTest, AClientThatDoesNotReceiveStopsTheTarget) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  ExpectBackPressure(ends.target, ends.client);
}

TEST_F(TcpProxyTest, ATargetThatDoesNotReceiveStopsTheClient) {
  ServerProcess proxy = StartProxy();
  const Ends ends = Open(proxy);
  ExpectBackPressure(ends.client, ends.target);
}

TEST_F(TcpProxyTest, ABlockedConnectionBlocksNoOther) {
  ServerProcess proxy = StartProxy();
  const Ends blocked = Open(proxy);
  const Ends other = Open(proxy);
  FillSendBuffer(blocked.client.get());
  FillSendBuffer(blocked.target.get());
  for (int i = 0; i < 100; ++i) {
    ExpectPassedOn(other.client, other.target, "question");
    ExpectPassedOn(other.target, other.client, "answer");
  }
}

TEST_F(TcpProxyTest, TransfersBothWaysAtOnceWithoutALoss) {
  // The smallest buffer, one that no transfer fits evenly, and the usual one.
  const std::pair<const char*, std::size_t> cases[] = {
      {"--max_buffer=1", 1000},
      {"--max_buffer=1001", std::size_t{1} << 20},
      {"--max_buffer=65536", std::size_t{32} << 20}};
  for (const auto& [flag, size] : cases) {
    ServerProcess proxy = StartProxy({flag});
    const Ends ends = Open(proxy);
    const std::string up = Pattern(size, 1);
    const std::string down = Pattern(size, 2);
    std::string received;
    std::thread target([&] {
      received = SendAndReceive(ends.target, ends.client, down, 65536, true);
    });
    EXPECT_TRUE(SendAndReceive(ends.client, ends.target, up, 65536, true) == up)
        << flag;
    target.join();
    EXPECT_TRUE(received == down) << flag;
    EXPECT_TRUE(AtEnd(ends.client));
    EXPECT_TRUE(AtEnd(ends.target));
    EXPECT_EQ(Stop(proxy), absl::StrCat("served 1 connections (0 refused), ",
                                        2 * size, " bytes\n"));
  }
}

TEST_F(TcpProxyTest, AClientWhoseTargetRefusesIsClosedCleanly) {
  const event_selector::testing::UnusedPort unused =
      event_selector::testing::UnusedTcpPort();
  ServerProcess proxy(*proxy_path, {TargetFlag(unused.port)});
  proxy.Pause();
  // A close with this unread would be a reset.
  const Descriptor client = Connect(proxy.port());
  Send(client, "question");
  const Descriptor silent = Connect(proxy.port());
  proxy.Continue();
  EXPECT_TRUE(AtEnd(client));
  EXPECT_TRUE(AtEnd(silent));
  EXPECT_EQ(Stop(proxy), "served 2 connections (2 refused), 0 bytes\n");
  // Nor has a reset come behind the end.
  EXPECT_EQ(event_selector::testing::TakeSocketError(client.get()), 0);
}

TEST_F(TcpProxyTest, AnIdleConnectionIsClosedAtBothEnds) {
  ServerProcess proxy = StartProxy({"--idle_timeout=100ms"});
  const Ends idle = Open(proxy);
  EXPECT_TRUE(AtEnd(idle.client));
  EXPECT_TRUE(AtEnd(idle.target));
  // It was all that there was to wait for, and others can come.
  const Ends next = Open(proxy);
  EXPECT_TRUE(AtEnd(next.client));
  EXPECT_EQ(Stop(proxy),
            "served 2 connections (0 refused), 0 bytes; 2 were idle\n");
}

TEST_F(TcpProxyTest, AResetOfTheClientReachesTheTarget) {
  ServerProcess proxy = StartProxy();
  for (const bool with_data : {false, true}) {
    Ends ends = Open(proxy);
    ExpectPassedOn(ends.client, ends.target, "question");
    if (with_data) FillSendBuffer(ends.client.get());
    ResetOnClose(ends.client);
    ends.client = Descriptor();
    EXPECT_TRUE(IsReset(ends.target));
  }
}

TEST_F(TcpProxyTest, AResetOfTheTargetReachesTheClient) {
  ServerProcess proxy = StartProxy();
  for (const bool with_data : {false, true}) {
    Ends ends = Open(proxy);
    ExpectPassedOn(ends.client, ends.target, "question");
    if (with_data) FillSendBuffer(ends.target.get());
    ResetOnClose(ends.target);
    ends.target = Descriptor();
    EXPECT_TRUE(IsReset(ends.client));
  }
}

TEST_F(TcpProxyTest, AResetAfterAHalfCloseIsPassedOn) {
  ServerProcess proxy = StartProxy();
  Ends ends = Open(proxy);
  // From here on the proxy expects nothing from the client but its end.
  ShutDownSending(ends.client);
  EXPECT_TRUE(AtEnd(ends.target));
  ResetOnClose(ends.client);
  ends.client = Descriptor();
  // The target has read the end of the stream already; a poll for nothing tells
  // of hang-ups and errors only.
  pollfd state = {ends.target.get(), 0, 0};
  EXPECT_EQ(poll(&state, 1, -1), 1);
  EXPECT_NE(event_selector::testing::TakeSocketError(ends.target.get()), 0);
}

TEST_F(TcpProxyTest, ConnectionsThatEndLeaveNothingBehind) {
  // The limit finds out whether their descriptors are closed.
  ServerProcess proxy = StartProxy({}, 40);
  for (int i = 0; i < 200; ++i) {
    const Ends ends = Open(proxy);
    ExpectPassedOn(ends.client, ends.target, "question");
    switch (i % 4) {
      case 0:
        ResetOnClose(ends.client);
        break;
      case 1:
        ResetOnClose(ends.target);
        break;
      case 2:
        Send(ends.client, "unread");
        break;
      case 3:
        ExpectHalfClose(ends.client, ends.target);
        break;
    }
  }
  const Ends ends = Open(proxy);
  ExpectPassedOn(ends.client, ends.target, "question");
}

// More clients than `proxy` has descriptors for.
void ExpectToServeInTurn(ServerProcess& proxy, const Listener& listener) {
  constexpr int kClients = 60;
  std::vector<Descriptor> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(Connect(proxy.port()));
    ASSERT_TRUE(clients.back().valid());
    Send(clients.back(), absl::StrCat("client", 100 + i));
  }
  // The clients that wait are no reason to be busy.
  EXPECT_TRUE(event_selector::testing::AwaitReadable(listener.socket.handle(),
                                                     absl::InfiniteDuration()));
  ExpectToRest(proxy);
  // They are accepted in the order in which they came.
  int at_once = 0;
  for (int i = 0; i < kClients; ++i) {
    if (event_selector::testing::AwaitReadable(listener.socket.handle(),
                                               absl::ZeroDuration())) {
      ++at_once;
    }
    const Descriptor target = Accept(listener);
    EXPECT_EQ(Receive(target, 9), absl::StrCat("client", 100 + i));
    Send(target, "answer");
    Descriptor& client = clients[static_cast<std::size_t>(i)];
    EXPECT_EQ(Receive(client, 6), "answer");
    ShutDownSending(target);
    ShutDownSending(client);
    EXPECT_TRUE(AtEnd(target));
    EXPECT_TRUE(AtEnd(client));
    client = Descriptor();
  }
  EXPECT_GT(at_once, 0);
  EXPECT_EQ(Stop(proxy),
            absl::StrCat("served ", kClients, " connections (0 refused), ",
                         kClients * 15, " bytes\n"));
}

TEST_F(TcpProxyTest, WaitingClientsAreServedWhenOthersLeave) {
  // For some 15 connections. With one of these limits a single descriptor is
  // left in the end: enough for a client, but not for its connection to the
  // target.
  for (const int limit : {40, 41}) {
    ServerProcess proxy = StartProxy({}, limit);
    ExpectToServeInTurn(proxy, target_);
  }
}

TEST_F(TcpProxyTest, ServesTenThousandConnectionsAtOnce) {
  // Two descriptors for each: in the proxy, which inherits the limit, and here,
  // where both ends are.
  constexpr std::size_t kWanted = 10000;
  constexpr std::size_t kOther = 32;
  const std::size_t limit = RaiseDescriptorLimit(2 * kWanted + kOther);
  ASSERT_GT(limit, kOther);
  const std::size_t count = std::min(kWanted, (limit - kOther) / 2);
  if (count < kWanted) {
    std::cout << "RLIMIT_NOFILE is " << limit
              << " and cannot be raised: testing with " << count
              << " connections instead of " << kWanted << std::endl;
  }
  RecordProperty("connections", absl::StrCat(count));

  ServerProcess proxy = StartProxy();
  std::vector<Ends> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(Open(proxy));
  for (int round = 0; round < 2; ++round) {
    const auto message = [&](std::size_t i) {
      return absl::StrCat("round", round, "client", 10000 + i);
    };
    for (std::size_t i = 0; i < count; ++i) Send(all[i].client, message(i));
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(Receive(all[i].target, 17), message(i));
      Send(all[i].target, message(i));
    }
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(Receive(all[i].client, 17), message(i));
    }
  }
  EXPECT_EQ(Stop(proxy),
            absl::StrCat("served ", count, " connections (0 refused), ",
                         count * 2 * 2 * 17, " bytes\n"));
  for (const Ends& ends : all) {
    ASSERT_TRUE(AtEnd(ends.client));
    ASSERT_TRUE(AtEnd(ends.target));
  }
}

TEST_F(TcpProxyTest, StopsCleanlyByASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess proxy = StartProxy();
    const Ends ends = Open(proxy);
    ExpectPassedOn(ends.client, ends.target, "question");
    proxy.Signal(signal);
    EXPECT_TRUE(AtEnd(ends.client));
    EXPECT_TRUE(AtEnd(ends.target));
    std::string output;
    EXPECT_EQ(proxy.Join(&output), 0);
    EXPECT_EQ(output, "served 1 connections (0 refused), 8 bytes\n");
    EXPECT_FALSE(Connect(proxy.port()).valid()) << "still listening";
  }
}

TEST_F(TcpProxyTest, RefusesWrongFlags) {
  for (const char* const flag :
       {"--max_buffer=0", "--bind=nowhere", "--target=", "--target=localhost",
        "--target=127.0.0.1:", "--target=:80", "--target=::1:80",
        "--target=127.0.0.1:no-such-service"}) {
    ServerProcess proxy = StartProxy({flag});
    std::string output;
    EXPECT_EQ(proxy.Join(&output), 1) << flag;
  }
}

}  // namespace
}  // namespace proxy
}  // namespace examples

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: tcp_proxy_test TCP_PROXY" << std::endl;
    return 2;
  }
  std::string path = argv[1];
  examples::proxy::proxy_path = &path;
  return RUN_ALL_TESTS();
}
