// Tests of the built program, by real clients.

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"
#include "tests/support/sending_client.h"
#include "tests/support/socket.h"

namespace examples {
namespace echo {
namespace {

using event_selector::testing::SendingClient;
using event_selector::testing::Socket;

std::string* server_path = nullptr;

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
    EXPECT_TRUE(SendAndReceive(client, client, data, 2000, false) == data)
        << flag;
    // And the connection is as good as before.
    Send(client, "hello");
    EXPECT_EQ(Receive(client, 5), "hello");
  }
}

TEST(EchoServerTest, ABlockedClientBlocksNoOther) {
  const ServerProcess server(*server_path, {});
  const Descriptor blocked = Connect(server.port(), 16 * 1024);
  const Descriptor other = Connect(server.port());
  const std::string data = Pattern(std::size_t{1} << 20);
  for (int round = 0; round < 200; ++round) {
    event_selector::testing::SendSome(blocked.get(), data);
    Send(other, "hello");
    ASSERT_EQ(Receive(other, 5), "hello");
  }
}

TEST(EchoServerTest, AHalfClosedClientGetsEverything) {
  const ServerProcess server(*server_path, {});
  const Descriptor client = Connect(server.port());
  const std::string data = Pattern(std::size_t{1} << 20);
  EXPECT_TRUE(SendAndReceive(client, client, data, 2000, true) == data);
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
  EXPECT_FALSE(event_selector::testing::AwaitReadable(clients.back().get(),
                                                      absl::ZeroDuration()));

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
  const std::size_t limit = RaiseDescriptorLimit(kWanted + kOther);
  ASSERT_GT(limit, kOther);
  const std::size_t count = std::min(kWanted, limit - kOther);
  if (count < kWanted) {
    std::cout << "RLIMIT_NOFILE is " << limit << ": testing with " << count
              << " clients instead of " << kWanted << std::endl;
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

TEST(EchoServerTest, AClientThatIsSendingAtTheEndIsNotReset) {
  ServerProcess server(*server_path, {});
  Socket socket = event_selector::testing::StartConnect(server.port());
  ASSERT_TRUE(event_selector::testing::AwaitWritable(socket.handle(),
                                                     absl::Seconds(120)));
  event_selector::testing::SendAll(socket.handle(), "hello");
  ASSERT_TRUE(event_selector::testing::AwaitReadable(socket.handle(),
                                                     absl::Seconds(120)));
  server.Pause();  // So that there is more than it reads before the end.
  SendingClient client(std::move(socket));
  server.Signal(SIGTERM);
  server.Continue();
  const SendingClient::Outcome outcome = client.Join();
  EXPECT_TRUE(outcome.saw_end) << outcome.error;
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
  EXPECT_EQ(output, absl::StrCat("served 1 connections, ", outcome.received,
                                 " bytes\n"));
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
  return RUN_ALL_TESTS();
}
