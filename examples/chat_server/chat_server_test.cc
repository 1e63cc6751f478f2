// Tests of the built program, by real clients.

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace examples {
namespace chat {
namespace {

using testing::MatchesRegex;

std::string* server_path = nullptr;

// A client that has been greeted: what is said from now on is for it, too.
Descriptor Enter(const ServerProcess& server, int receive_buffer = 0) {
  Descriptor client = Connect(server.port(), receive_buffer);
  EXPECT_THAT(ReceiveLine(client), MatchesRegex("you are [0-9]+ of [0-9]+"));
  return client;
}

std::string Stop(ServerProcess& server) {
  server.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
  return output;
}

TEST(ChatServerTest, ALineGoesToAllOthers) {
  ServerProcess server(*server_path, {});
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  const Descriptor three = Enter(server);
  Send(one, "hello\n");
  EXPECT_EQ(ReceiveLine(two), "1: hello");
  EXPECT_EQ(ReceiveLine(three), "1: hello");
  Send(two, "hi\n");
  EXPECT_EQ(ReceiveLine(one), "2: hi") << "nobody hears himself";
  EXPECT_EQ(ReceiveLine(three), "2: hi");
  EXPECT_EQ(Stop(server), "served 3 clients (0 too slow), 2 lines\n");
}

TEST(ChatServerTest, TheTranscriptHasWhatWasSaid) {
  const std::string path = absl::StrCat(testing::TempDir(), "/transcript");
  ServerProcess server(*server_path, {absl::StrCat("--transcript=", path)});
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  Send(one, "hello\n");
  EXPECT_EQ(ReceiveLine(two), "1: hello");
  Send(two, "hi\n");
  EXPECT_EQ(ReceiveLine(one), "2: hi");
  Stop(server);
  std::ostringstream written;
  written << std::ifstream(path).rdbuf();
  EXPECT_EQ(written.str(), "1: hello\n2: hi\n");
}

TEST(ChatServerTest, GreetsWithTheNumberOfClients) {
  const ServerProcess server(*server_path, {});
  const Descriptor one = Connect(server.port());
  EXPECT_EQ(ReceiveLine(one), "you are 1 of 1");
  const Descriptor two = Connect(server.port());
  EXPECT_EQ(ReceiveLine(two), "you are 2 of 2");
}

TEST(ChatServerTest, LinesKeepTheirOrder) {
  const ServerProcess server(*server_path, {});
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  std::string said;
  std::string heard;
  for (int i = 0; i < 1000; ++i) {
    absl::StrAppend(&said, "line ", i, "\n");
    absl::StrAppend(&heard, "1: line ", i, "\n");
  }
  Send(one, said);
  EXPECT_EQ(Receive(two, heard.size()), heard);
}

TEST(ChatServerTest, HundredsOfClientsHearEachOther) {
  constexpr std::size_t kClients = 300;
  ServerProcess server(*server_path, {});
  std::vector<Descriptor> clients;
  std::vector<std::string> all;
  std::size_t size = 0;
  for (std::size_t i = 1; i <= kClients; ++i) {
    clients.push_back(Enter(server));
    all.push_back(absl::StrCat(i, ": hello from ", 1000 + i));
    size += all.back().size() + 1;
  }
  for (std::size_t i = 1; i <= kClients; ++i) {
    Send(clients[i - 1], absl::StrCat("hello from ", 1000 + i, "\n"));
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 1; i <= kClients; ++i) {
    const std::string own = absl::StrCat(i, ": hello from ", 1000 + i);
    const std::string heard = Receive(clients[i - 1], size - own.size() - 1);
    std::vector<std::string> lines =
        absl::StrSplit(heard, '\n', absl::SkipEmpty());
    lines.push_back(own);
    std::sort(lines.begin(), lines.end());
    ASSERT_EQ(lines, all) << i;
  }
  EXPECT_EQ(Stop(server),
            absl::StrCat("served ", kClients, " clients (0 too slow), ",
                         kClients, " lines\n"));
}

TEST(ChatServerTest, ASlowReaderIsDisconnectedAndHoldsUpNobody) {
  constexpr int kLines = 20000;
  const std::string text(900, 'x');
  ServerProcess server(*server_path, {"--max_backlog=100000"});
  const Descriptor slow = Enter(server, 16 * 1024);
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  // 18 MB, which neither the server's buffer for `slow` nor the kernel's holds.
  // Each line is heard before the next is said, so that nobody else is slow.
  for (int i = 0; i < kLines; ++i) {
    Send(one, text + "\n");
    ASSERT_EQ(Receive(two, text.size() + 4), "2: " + text + "\n");
  }
  // All that it has missed is at the end, and there it is told.
  const std::string heard = ReceiveAll(slow);
  EXPECT_LT(heard.size(), kLines * (text.size() + 4) / 2);
  const std::string line = "2: " + text + "\n";
  for (std::size_t i = 0; i < heard.size(); i += line.size()) {
    const absl::string_view rest = absl::string_view(heard).substr(i);
    ASSERT_EQ(rest.substr(0, line.size()),
              absl::string_view(line).substr(0, rest.size()))
        << "at " << i;
  }
  // The others are alone now.
  const Descriptor late = Connect(server.port());
  EXPECT_EQ(ReceiveLine(late), "you are 4 of 3");
  EXPECT_EQ(Stop(server), absl::StrCat("served 4 clients (1 too slow), ",
                                       kLines, " lines\n"));
}

TEST(ChatServerTest, AReaderWithinTheBacklogGetsEverything) {
  // More than the kernel holds for such a client, so that the rest waits in the
  // server, and leaves when there is room.
  constexpr int kLines = 10000;
  const std::string line = "2: " + std::string(900, 'x') + "\n";
  ServerProcess server(*server_path, {"--max_backlog=100000000"});
  const Descriptor slow = Enter(server, 16 * 1024);
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  for (int i = 0; i < kLines; ++i) {
    Send(one, line.substr(3));
    ASSERT_EQ(Receive(two, line.size()), line);
  }
  for (int i = 0; i < kLines; ++i) {
    ASSERT_EQ(Receive(slow, line.size()), line) << i;
  }
  EXPECT_EQ(Stop(server), absl::StrCat("served 3 clients (0 too slow), ",
                                       kLines, " lines\n"));
}

TEST(ChatServerTest, WhatIsSaidAtOnceMakesNobodyTooSlow) {
  // Far more than the backlog is read in one turn; but whoever can be sent to
  // is not slow.
  ServerProcess server(*server_path, {"--max_backlog=1000"});
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  server.Pause();
  std::string said;
  std::string heard;
  for (int i = 0; i < 2000; ++i) {
    said += "\n";
    heard += "1: \n";
  }
  Send(one, said);
  server.Continue();
  EXPECT_EQ(Receive(two, heard.size()), heard);
}

TEST(ChatServerTest, OthersGoOnWhenOneLeaves) {
  // The limit finds out whether the descriptors are closed.
  ServerProcess server(*server_path, {}, 40);
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  for (int i = 0; i < 100; ++i) {
    const Descriptor guest = Enter(server);
    Send(guest, "hello\n");
    EXPECT_EQ(ReceiveLine(one), absl::StrCat(i + 3, ": hello"));
    switch (i % 3) {
      case 0:
        ResetOnClose(guest);
        break;
      case 1:
        // Leaves with a line on its way to it.
        Send(two, "welcome\n");
        EXPECT_EQ(ReceiveLine(one), "2: welcome");
        break;
      case 2:
        ShutDownSending(guest);
        EXPECT_TRUE(AtEnd(guest));
        break;
    }
  }
  Send(one, "alone\n");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ReceiveLine(two), absl::StrCat(i + 3, ": hello"));
  }
  EXPECT_EQ(ReceiveLine(two), "1: alone");
}

TEST(ChatServerTest, ALineMayComeInParts) {
  const ServerProcess server(*server_path, {});
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  for (const char* const part : {"h", "ell", "o\nwor", "ld", "\n"}) {
    Send(one, part);
    // Its answer comes after the part was received.
    Send(two, "and?\n");
    EXPECT_EQ(ReceiveLine(one), "2: and?");
  }
  EXPECT_EQ(ReceiveLine(two), "1: hello");
  EXPECT_EQ(ReceiveLine(two), "1: world");
}

TEST(ChatServerTest, ALineWithoutAnEndIsCut) {
  const ServerProcess server(*server_path, {"--max_line=1000"});
  const Descriptor one = Enter(server);
  const Descriptor two = Enter(server);
  Send(one, std::string(2500, 'x'));
  EXPECT_EQ(ReceiveLine(two), "1: " + std::string(1000, 'x'));
  EXPECT_EQ(ReceiveLine(two), "1: " + std::string(1000, 'x'));
  Send(one, "\n");
  EXPECT_EQ(ReceiveLine(two), "1: " + std::string(500, 'x'));
}

TEST(ChatServerTest, TheLastWordsNeedNoEnd) {
  const ServerProcess server(*server_path, {});
  const Descriptor two = Enter(server);
  Send(Enter(server), "so long");
  EXPECT_EQ(ReceiveLine(two), "2: so long");
}

TEST(ChatServerTest, WaitingClientsEnterWhenOthersLeave) {
  ServerProcess server(*server_path, {}, 20);
  std::vector<Descriptor> clients;
  for (int i = 0; i < 40; ++i) clients.push_back(Connect(server.port()));
  for (Descriptor& client : clients) {
    EXPECT_THAT(ReceiveLine(client), MatchesRegex("you are [0-9]+ of [0-9]+"));
    client = Descriptor();
  }
}

TEST(ChatServerTest, StopsCleanlyByASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server(*server_path, {});
    const Descriptor client = Enter(server);
    server.Signal(signal);
    EXPECT_TRUE(AtEnd(client));
    std::string output;
    EXPECT_EQ(server.Join(&output), 0);
    EXPECT_EQ(output, "served 1 clients (0 too slow), 0 lines\n");
    EXPECT_FALSE(Connect(server.port()).valid()) << "still listening";
  }
}

TEST(ChatServerTest, RefusesWrongFlags) {
  for (const char* const flag :
       {"--max_line=0", "--max_backlog=-1", "--bind=nowhere"}) {
    ServerProcess server(*server_path, {flag});
    std::string output;
    EXPECT_EQ(server.Join(&output), 1) << flag;
  }
}

}  // namespace
}  // namespace chat
}  // namespace examples

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: chat_server_test CHAT_SERVER" << std::endl;
    return 2;
  }
  std::string path = argv[1];
  examples::chat::server_path = &path;
  return RUN_ALL_TESTS();
}
