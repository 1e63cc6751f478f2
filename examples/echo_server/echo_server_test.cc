// Tests of the built program, by real clients. Each waits as long as it takes:
// a server that forgets a client makes the test hang, and time out.

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"

namespace examples {
namespace echo {
namespace {

std::string* server_path = nullptr;

// Sends and receives at the same time, until everything has come back or the
// stream has ended. Receives only while nothing can be sent, and then at most
// `slice` bytes: the smaller, the slower.
std::string SendAndReceive(const Descriptor& client, const std::string& data,
                           std::size_t slice, bool shut_down) {
  EXPECT_EQ(fcntl(client.get(), F_SETFL, O_NONBLOCK), 0);
  std::size_t sent = 0;
  std::string received;
  std::vector<char> chunk(slice);
  while (received.size() < data.size()) {
    pollfd state = {};
    state.fd = client.get();
    state.events = POLLIN;
    if (sent < data.size()) state.events |= POLLOUT;
    EXPECT_EQ(poll(&state, 1, -1), 1);
    if ((state.revents & POLLOUT) != 0) {
      const ssize_t result =
          send(client.get(), data.data() + sent, data.size() - sent, 0);
      if (result > 0) sent += static_cast<std::size_t>(result);
      if (sent == data.size() && shut_down) {
        EXPECT_EQ(shutdown(client.get(), SHUT_WR), 0);
      }
      continue;
    }
    const ssize_t result = recv(client.get(), chunk.data(), chunk.size(), 0);
    if (result < 0 && errno == EAGAIN) continue;
    EXPECT_GT(result, 0) << "after " << received.size() << " bytes";
    if (result <= 0) break;
    received.append(chunk.data(), static_cast<std::size_t>(result));
  }
  EXPECT_EQ(fcntl(client.get(), F_SETFL, 0), 0);
  return received;
}

// Bytes that repeat in no rhythm, so that a piece that is lost, doubled or out
// of place is seen.
std::string Pattern(std::size_t size) {
  std::string data(size, '\0');
  std::uint32_t number = 1;
  for (char& byte : data) {
    number = number * 1664525 + 1013904223;
    byte = static_cast<char>(number >> 24);
  }
  return data;
}

TEST(EchoServerTest, SendsBack) {
  const ServerProcess server(*server_path, {});
  const Descriptor client = Connect(server.port());
  for (const std::string message : {"hello", "and", "hello again"}) {
    Send(client, message);
    EXPECT_EQ(Receive(client, message.size()), message);
  }
}

TEST(EchoServerTest, KeepsClientsApart) {
  const ServerProcess server(*server_path, {});
  const Descriptor one = Connect(server.port());
  const Descriptor two = Connect(server.port());
  Send(one, "one");
  Send(two, "two");
  EXPECT_EQ(Receive(two, 3), "two");
  EXPECT_EQ(Receive(one, 3), "one");
}

TEST(EchoServerTest, ASlowReaderGetsEverythingInOrder) {
  // Less than is sent in either case, so that the server has to stop reading,
  // and to go on, many times. The large buffer is never sent in one piece.
  for (const char* const flag : {"--max_buffer=4096", "--max_buffer=1000000"}) {
    const ServerProcess server(*server_path, {flag});
    const Descriptor client = Connect(server.port(), 16 * 1024);
    const std::string data = Pattern(std::size_t{4} << 20);
    EXPECT_TRUE(SendAndReceive(client, data, 2000, false) == data) << flag;
    // And the connection is as good as before.
    Send(client, "hello");
    EXPECT_EQ(Receive(client, 5), "hello");
  }
}

TEST(EchoServerTest, ABlockedClientBlocksNoOther) {
  const ServerProcess server(*server_path, {});
  const Descriptor blocked = Connect(server.port(), 16 * 1024);
  ASSERT_EQ(fcntl(blocked.get(), F_SETFL, O_NONBLOCK), 0);
  const Descriptor other = Connect(server.port());
  const std::string data = Pattern(std::size_t{1} << 20);
  for (int round = 0; round < 200; ++round) {
    const ssize_t sent = send(blocked.get(), data.data(), data.size(), 0);
    ASSERT_TRUE(sent > 0 || errno == EAGAIN);
    Send(other, "hello");
    ASSERT_EQ(Receive(other, 5), "hello");
  }
}

TEST(EchoServerTest, AHalfClosedClientGetsEverything) {
  const ServerProcess server(*server_path, {});
  const Descriptor client = Connect(server.port());
  const std::string data = Pattern(std::size_t{1} << 20);
  EXPECT_TRUE(SendAndReceive(client, data, 2000, true) == data);
  EXPECT_TRUE(AtEnd(client));
}

TEST(EchoServerTest, AClientHalfClosedFromTheBeginningGetsEverything) {
  ServerProcess server(*server_path, {});
  server.Pause();
  const Descriptor client = Connect(server.port());
  const std::string data = Pattern(10000);
  Send(client, data);
  ShutDownSending(client);
  server.Continue();
  EXPECT_TRUE(Receive(client, data.size()) == data);
  EXPECT_TRUE(AtEnd(client));
}

TEST(EchoServerTest, SurvivesAClientThatLeavesWithoutItsBytes) {
  // The first byte that is sent back is answered by a reset; to send the next
  // raises SIGPIPE, unless it is ignored.
  ServerProcess server(*server_path, {"--max_buffer=1"});
  server.Pause();
  Send(Connect(server.port()), "hello");
  server.Continue();
  const Descriptor client = Connect(server.port());
  Send(client, "hello");
  EXPECT_EQ(Receive(client, 5), "hello");
}

TEST(EchoServerTest, SurvivesClientsThatReset) {
  // The limit finds out whether their descriptors are closed.
  ServerProcess server(*server_path, {}, 40);
  constexpr int kResets = 200;
  for (int i = 0; i < kResets; ++i) {
    const Descriptor client = Connect(server.port());
    Send(client, Pattern(10000));
    if (i % 2 == 0) {
      EXPECT_NE(Receive(client, 1), "");
    }
    ResetOnClose(client);
  }
  const Descriptor client = Connect(server.port());
  Send(client, "hello");
  EXPECT_EQ(Receive(client, 5), "hello");
  server.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
}

TEST(EchoServerTest, WaitingClientsAreServedWhenOthersLeave) {
  constexpr int kLimit = 40;
  constexpr int kClients = 100;
  ServerProcess server(*server_path, {}, kLimit);
  std::vector<Descriptor> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(Connect(server.port()));
    ASSERT_TRUE(clients.back().valid());
    Send(clients.back(), absl::StrCat("client", 100 + i));
  }
  // They are accepted in the order in which they came. The last cannot have
  // been, before one of the first left.
  EXPECT_EQ(Receive(clients.front(), 9), "client100");
  pollfd last = {};
  last.fd = clients.back().get();
  last.events = POLLIN;
  EXPECT_EQ(poll(&last, 1, 0), 0);

  for (int i = 0; i < kClients; ++i) {
    Descriptor& client = clients[static_cast<std::size_t>(i)];
    if (i > 0) {
      ASSERT_EQ(Receive(client, 9), absl::StrCat("client", 100 + i));
    }
    client = Descriptor();
  }
  // Those that come later are not forgotten, either.
  const Descriptor client = Connect(server.port());
  Send(client, "hello");
  EXPECT_EQ(Receive(client, 5), "hello");
  server.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
  EXPECT_EQ(output, absl::StrCat("served ", kClients + 1, " connections, ",
                                 kClients * 9 + 5, " bytes\n"));
}

TEST(EchoServerTest, ServesManyClientsAtOnce) {
  constexpr std::size_t kWanted = 10000;
  constexpr std::size_t kOther = 100;  // Descriptors for other things.
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  ASSERT_GT(limit.rlim_cur, kOther);
  const std::size_t count =
      std::min(kWanted, static_cast<std::size_t>(limit.rlim_cur) - kOther);
  if (count < kWanted) {
    std::cout << "RLIMIT_NOFILE is " << limit.rlim_cur << ": testing with "
              << count << " clients instead of " << kWanted << std::endl;
  }
  RecordProperty("clients", absl::StrCat(count));

  ServerProcess server(*server_path, {});
  std::vector<Descriptor> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(Connect(server.port()));
    ASSERT_TRUE(clients.back().valid()) << i;
  }
  for (int round = 0; round < 2; ++round) {
    const auto message = [&](std::size_t i) {
      return absl::StrCat("round", round, "client", 10000 + i);
    };
    for (std::size_t i = 0; i < count; ++i) Send(clients[i], message(i));
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(Receive(clients[i], message(i).size()), message(i));
    }
  }
  server.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
  EXPECT_EQ(output, absl::StrCat("served ", count, " connections, ",
                                 count * 2 * 17, " bytes\n"));
  for (const Descriptor& client : clients) ASSERT_TRUE(AtEnd(client));
}

TEST(EchoServerTest, StopsCleanlyByASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server(*server_path, {});
    const Descriptor idle = Connect(server.port());
    const Descriptor client = Connect(server.port());
    Send(client, "hello");
    ASSERT_EQ(Receive(client, 5), "hello");
    server.Signal(signal);
    EXPECT_TRUE(AtEnd(client));
    EXPECT_TRUE(AtEnd(idle));
    std::string output;
    EXPECT_EQ(server.Join(&output), 0);
    EXPECT_EQ(output, "served 2 connections, 5 bytes\n");
    EXPECT_FALSE(Connect(server.port()).valid()) << "still listening";
  }
}

TEST(EchoServerTest, StopsRightAfterItsStart) {
  // The signal comes before, while or after the loop begins to wait.
  for (int i = 0; i < 20; ++i) {
    ServerProcess server(*server_path, {});
    server.Signal(SIGTERM);
    std::string output;
    EXPECT_EQ(server.Join(&output), 0);
    EXPECT_EQ(output, "served 0 connections, 0 bytes\n");
  }
}

TEST(EchoServerTest, RefusesWrongFlags) {
  for (const char* const flag :
       {"--max_buffer=0", "--bind=nowhere", "--port=70000"}) {
    ServerProcess server(*server_path, {flag});
    std::string output;
    EXPECT_EQ(server.Join(&output), 1) << flag;
  }
}

}  // namespace
}  // namespace echo
}  // namespace examples

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: echo_server_test ECHO_SERVER" << std::endl;
    return 2;
  }
  std::string path = argv[1];
  examples::echo::server_path = &path;
  std::signal(SIGPIPE, SIG_IGN);
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  return RUN_ALL_TESTS();
}
