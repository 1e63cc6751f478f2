// Tests of the built program, by real clients.

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"

namespace examples {
namespace coroutines {
namespace {

std::string* server_path = nullptr;

TEST(CoroutinesTest, EveryClientGetsItsOwnBack) {
  ServerProcess server(*server_path, {"--patience=1h"});
  std::vector<Descriptor> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(Connect(server.port()));
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      Send(clients[i], Pattern(100, static_cast<std::uint32_t>(i)));
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      EXPECT_EQ(Receive(clients[i], 100),
                Pattern(100, static_cast<std::uint32_t>(i)));
    }
  }
  for (const Descriptor& client : clients) {
    ShutDownSending(client);
    EXPECT_TRUE(AtEnd(client));
  }
  server.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
  EXPECT_EQ(output, "");
}

// The server has to wait for room.
TEST(CoroutinesTest, ASlowReaderLosesNothing) {
  ServerProcess server(*server_path, {"--patience=1h"});
  const Descriptor client = Connect(server.port(), /*receive_buffer=*/4096);
  const std::string sent = Pattern(8 << 20);
  EXPECT_EQ(SendAndReceive(client, client, sent, /*slice=*/65536,
                           /*shut_down=*/true),
            sent);
}

TEST(CoroutinesTest, ASilentClientIsClosedAndOthersAreNot) {
  ServerProcess server(*server_path, {"--patience=200ms"});
  const Descriptor silent = Connect(server.port());
  EXPECT_TRUE(AtEnd(silent));
  const Descriptor other = Connect(server.port());
  Send(other, "x");
  EXPECT_EQ(Receive(other, 1), "x");
}

TEST(CoroutinesTest, ABrokenConnectionEndsAlone) {
  ServerProcess server(*server_path, {"--patience=1h"});
  {
    const Descriptor broken = Connect(server.port());
    Send(broken, "x");
    EXPECT_EQ(Receive(broken, 1), "x");
    ResetOnClose(broken);
  }
  const Descriptor other = Connect(server.port());
  Send(other, "y");
  EXPECT_EQ(Receive(other, 1), "y");
}

}  // namespace
}  // namespace coroutines
}  // namespace examples

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: coroutines_test SERVER" << std::endl;
    return 2;
  }
  std::string path = argv[1];
  examples::coroutines::server_path = &path;
  std::signal(SIGPIPE, SIG_IGN);
  return RUN_ALL_TESTS();
}
