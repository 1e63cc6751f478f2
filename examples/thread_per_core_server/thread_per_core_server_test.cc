// Tests of the built program, by real clients. Each waits as long as it takes:
// a server that forgets a client makes the test hang, and time out.

#include <poll.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "event/mode.h"
#include "event/selector.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "examples/thread_per_core_server/request.h"
#include "gtest/gtest.h"

namespace examples {
namespace thread_per_core {
namespace {

std::string* server_path = nullptr;

constexpr char kRequest[] = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
constexpr char kAnswer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n"
    "Hello\n";
const std::size_t kAnswerSize = std::string(kAnswer).size();

std::string Times(std::size_t count, const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

void ExpectAnswer(const Descriptor& client) {
  Send(client, kRequest);
  ASSERT_EQ(Receive(client, kAnswerSize), kAnswer);
}

// What the server prints at its end.
struct Statistics {
  std::vector<std::uint64_t> connections;  // Of each thread.
  std::vector<std::uint64_t> requests;
  std::uint64_t all_connections = 0;
  std::uint64_t all_requests = 0;
};

// Ends `server`, which has to have `threads` threads, and checks that its sums
// are sums.
Statistics Stop(ServerProcess& server, std::size_t threads,
                int signal = SIGTERM) {
  server.Signal(signal);
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
  std::istringstream in(output);
  Statistics result;
  std::string word, colon;
  std::uint64_t connections = 0, requests = 0, sum_of_connections = 0,
                sum_of_requests = 0, index = 0;
  while (in >> word && word == "thread") {
    // "thread 0: 12 connections, 34 requests"
    in >> index >> colon >> connections >> word >> requests >> word;
    EXPECT_EQ(index, result.connections.size());
    result.connections.push_back(connections);
    result.requests.push_back(requests);
    sum_of_connections += connections;
    sum_of_requests += requests;
  }
  // "served 12 connections, 34 requests"
  in >> result.all_connections >> word >> result.all_requests;
  EXPECT_TRUE(in) << output;
  EXPECT_EQ(result.connections.size(), threads) << output;
  EXPECT_EQ(result.all_connections, sum_of_connections) << output;
  EXPECT_EQ(result.all_requests, sum_of_requests) << output;
  return result;
}

bool HasExclusiveMode() {
  const auto selector = event_selector::Selector::Create();
  return selector.ok() && (*selector)->capabilities().modes.contains(
                              event_selector::Mode::kExclusive);
}

// With each way to listen.
class ThreadPerCoreServerTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() != "reuseport" && !HasExclusiveMode()) {
      GTEST_SKIP() << "no Mode::kExclusive";
    }
  }

  std::vector<std::string> Flags(std::size_t threads) const {
    return {absl::StrCat("--listen=", GetParam()),
            absl::StrCat("--threads=", threads)};
  }
};

std::string NameOf(const testing::TestParamInfo<std::string>& way) {
  return way.param;
}

INSTANTIATE_TEST_SUITE_P(Ways, ThreadPerCoreServerTest,
                         testing::Values("reuseport", "exclusive", "rotating"),
                         NameOf);

TEST_P(ThreadPerCoreServerTest, AnswersWithAnyNumberOfThreads) {
  for (const std::size_t threads : {1, 2, 3, 16}) {
    ServerProcess server(*server_path, Flags(threads));
    std::vector<Descriptor> clients;
    for (int i = 0; i < 50; ++i) clients.push_back(Connect(server.port()));
    for (int round = 0; round < 3; ++round) {
      for (const Descriptor& client : clients) ExpectAnswer(client);
    }
    const Statistics statistics = Stop(server, threads);
    EXPECT_EQ(statistics.all_connections, 50u);
    EXPECT_EQ(statistics.all_requests, 150u);
    for (std::size_t i = 0; i < statistics.connections.size(); ++i) {
      // Who has accepted a client serves it.
      EXPECT_EQ(statistics.requests[i], 3 * statistics.connections[i]);
    }
  }
}

TEST_P(ThreadPerCoreServerTest, HasAThreadForEachCore) {
  ServerProcess server(*server_path, {Flags(1)[0]});
  ExpectAnswer(Connect(server.port()));
  EXPECT_EQ(Stop(server, std::thread::hardware_concurrency()).all_requests, 1u);
}

TEST_P(ThreadPerCoreServerTest, AnswersPipelinedRequestsInOrder) {
  ServerProcess server(*server_path, Flags(2));
  const Descriptor client = Connect(server.port());
  Send(client, Times(100, kRequest));
  EXPECT_EQ(Receive(client, 100 * kAnswerSize), Times(100, kAnswer));
}

TEST_P(ThreadPerCoreServerTest, AnswersARequestInPieces) {
  ServerProcess server(*server_path, Flags(2));
  const Descriptor client = Connect(server.port());
  const Descriptor other = Connect(server.port());
  for (const char byte : std::string(kRequest)) {
    Send(client, std::string(1, byte));
    // Meanwhile, others are answered.
    ExpectAnswer(other);
  }
  EXPECT_EQ(Receive(client, kAnswerSize), kAnswer);
}

TEST_P(ThreadPerCoreServerTest, AClientThatReceivesSlowlyGetsEverything) {
  ServerProcess server(*server_path, Flags(2));
  const Descriptor client = Connect(server.port(), 16 * 1024);
  const Descriptor other = Connect(server.port());
  // More answers than the sockets hold.
  constexpr std::size_t kRequests = 30 * 1000;
  std::thread sender([&] { Send(client, Times(kRequests, kRequest)); });
  for (int i = 0; i < 100; ++i) ExpectAnswer(other);
  EXPECT_TRUE(Receive(client, kRequests * kAnswerSize) ==
              Times(kRequests, kAnswer));
  sender.join();
  EXPECT_EQ(Stop(server, 2).all_requests, kRequests + 100);
}

TEST_P(ThreadPerCoreServerTest, RefusesARequestThatIsTooLong) {
  ServerProcess server(*server_path, Flags(2));
  const Descriptor client = Connect(server.port());
  ExpectAnswer(client);
  // What follows after the limit must not cost the client the answer.
  Send(client, "GET /" + std::string(10 * kMaxRequestSize, 'x'));
  const std::string answer = ReceiveAll(client);
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 400 Bad Request\r\n"))
      << answer;
  EXPECT_EQ(Stop(server, 2).all_requests, 1u);
}

TEST_P(ThreadPerCoreServerTest, ClosesAfterTheLastRequest) {
  ServerProcess server(*server_path, Flags(2));
  const Descriptor client = Connect(server.port());
  Send(client, "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  const std::string answer = ReceiveAll(client);
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(absl::EndsWith(answer, "\r\n\r\nHello\n")) << answer;
  ExpectAnswer(Connect(server.port()));
}

TEST_P(ThreadPerCoreServerTest, SurvivesClientsThatReset) {
  // The limit finds out whether their descriptors are closed.
  ServerProcess server(*server_path, Flags(2), 40);
  for (int i = 0; i < 200; ++i) {
    const Descriptor client = Connect(server.port());
    if (i % 2 == 0) ExpectAnswer(client);
    Send(client, Times(100, kRequest));
    ResetOnClose(client);
  }
  ExpectAnswer(Connect(server.port()));
}

TEST_P(ThreadPerCoreServerTest, WaitingClientsAreServedWhenOthersLeave) {
  constexpr std::size_t kClients = 100;
  ServerProcess server(*server_path, Flags(2), 40);
  std::vector<Descriptor> clients(kClients);
  std::vector<pollfd> waiting(kClients);
  for (std::size_t i = 0; i < kClients; ++i) {
    clients[i] = Connect(server.port());
    Send(clients[i], kRequest);
    waiting[i].fd = clients[i].get();
    waiting[i].events = POLLIN;
  }
  // Who is served is up to the server; who is leaves.
  for (std::size_t served = 0; served < kClients;) {
    ASSERT_GT(poll(waiting.data(), waiting.size(), -1), 0);
    for (std::size_t i = 0; i < kClients; ++i) {
      if (waiting[i].revents == 0) continue;
      ASSERT_EQ(Receive(clients[i], kAnswerSize), kAnswer);
      clients[i] = Descriptor();
      waiting[i].fd = -1;
      waiting[i].revents = 0;
      ++served;
    }
  }
  ExpectAnswer(Connect(server.port()));
  EXPECT_EQ(Stop(server, 2).all_connections, kClients + 1);
}

TEST_P(ThreadPerCoreServerTest, StopsWhileClientsAreConnected) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server(*server_path, Flags(3));
    std::vector<Descriptor> clients;
    for (int i = 0; i < 20; ++i) {
      clients.push_back(Connect(server.port()));
      ExpectAnswer(clients.back());
    }
    Send(clients.front(), "GET / HTT");
    const Statistics statistics = Stop(server, 3, signal);
    EXPECT_EQ(statistics.all_connections, 20u);
    EXPECT_EQ(statistics.all_requests, 20u);
    for (std::size_t i = 1; i < clients.size(); ++i) {
      EXPECT_TRUE(AtEnd(clients[i])) << i;
    }
    EXPECT_FALSE(Connect(server.port()).valid()) << "still listening";
  }
}

TEST_P(ThreadPerCoreServerTest, StopsRightAfterItsStart) {
  // The signal comes before, while or after the threads begin to wait.
  for (int i = 0; i < 10; ++i) {
    ServerProcess server(*server_path, Flags(4));
    EXPECT_EQ(Stop(server, 4).all_connections, 0u);
  }
}

#if defined(__linux__)
// Only there does the system promise to spread them.
TEST(ReusePortTest, EveryThreadGetsClients) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kClients = 400;
  ServerProcess server(*server_path, {"--threads=4"});
  for (std::size_t i = 0; i < kClients; ++i) {
    ExpectAnswer(Connect(server.port()));
  }
  const Statistics statistics = Stop(server, kThreads);
  EXPECT_EQ(statistics.all_connections, kClients);
  for (const std::uint64_t connections : statistics.connections) {
    // That a thread gets none by chance happens once in 10^50 runs.
    EXPECT_GT(connections, 0u);
  }
}

// One after the other, while all threads wait: without rotation, all of them
// come to the same.
TEST(RotatingTest, EveryThreadGetsClients) {
  if (!HasExclusiveMode()) GTEST_SKIP() << "no Mode::kExclusive";
  constexpr std::size_t kThreads = 4;
  // More than four, since threads that have not begun to wait are passed over.
  constexpr std::size_t kClients = 1000;
  ServerProcess server(*server_path, {"--listen=rotating", "--threads=4"});
  for (std::size_t i = 0; i < kClients; ++i) {
    ExpectAnswer(Connect(server.port()));
  }
  const Statistics statistics = Stop(server, kThreads);
  EXPECT_EQ(statistics.all_connections, kClients);
  for (const std::uint64_t connections : statistics.connections) {
    EXPECT_GT(connections, 0u);
  }
}
#endif

TEST(FlagsTest, ExclusiveIsRefusedWhereThereIsNone) {
  ServerProcess server(*server_path, {"--listen=exclusive"});
  if (HasExclusiveMode()) {
    EXPECT_NE(server.port(), 0);
  } else {
    EXPECT_EQ(server.port(), 0);
    std::string output;
    EXPECT_EQ(server.Join(&output), 1);
  }
}

TEST(FlagsTest, OnlyAServerThatSharesMayUseThePort) {
  const ServerProcess server(*server_path, {"--listen=reuseport"});
  const std::string port = absl::StrCat("--port=", server.port());
  const ServerProcess sharing(*server_path, {"--listen=reuseport", port});
  EXPECT_EQ(sharing.port(), server.port());
  ServerProcess other(*server_path, {"--listen=exclusive", port});
  std::string output;
  EXPECT_EQ(other.Join(&output), 1);
}

TEST(FlagsTest, WrongOnesAreRefused) {
  for (const char* const flag :
       {"--threads=-1", "--threads=1025", "--listen=both", "--bind=nowhere",
        "--port=70000"}) {
    ServerProcess server(*server_path, {flag});
    std::string output;
    EXPECT_EQ(server.Join(&output), 1) << flag;
  }
}

}  // namespace
}  // namespace thread_per_core
}  // namespace examples

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: thread_per_core_server_test SERVER" << std::endl;
    return 2;
  }
  std::string path = argv[1];
  examples::thread_per_core::server_path = &path;
  std::signal(SIGPIPE, SIG_IGN);
  return RUN_ALL_TESTS();
}
