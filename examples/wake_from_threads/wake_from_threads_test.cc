// Tests of the built program, by real clients. What depends on how long a job
// takes is tested in server_test.cc.

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"

namespace examples {
namespace wake_from_threads {
namespace {

std::string* server_path = nullptr;

TEST(WakeFromThreadsTest, CountsPrimes) {
  ServerProcess server(*server_path, {"--workers=1"});
  const Descriptor client = Connect(server.port());
  // With one worker, in the order of the questions.
  Send(client,
       "primes 0\nprimes 2\nprimes 100\nprimes 100000\nprimes 10000001\n"
       "primes -1\nprimes\nsomething else\n");
  EXPECT_EQ(ReceiveLine(client), "1: 0 primes up to 0");
  EXPECT_EQ(ReceiveLine(client), "2: 1 primes up to 2");
  EXPECT_EQ(ReceiveLine(client), "3: 25 primes up to 100");
  EXPECT_EQ(ReceiveLine(client), "4: 9592 primes up to 100000");
  for (const std::string number : {"5", "6", "7", "8"}) {
    const std::string line = ReceiveLine(client);
    EXPECT_TRUE(absl::StartsWith(line, number + ": error: ")) << line;
  }
  server.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(server.Join(&output), 0);
  EXPECT_EQ(output,
            "served 1 connections, 8 jobs: 8 answered, 0 too late, 0 given "
            "up\n");
}

TEST(WakeFromThreadsTest, StopsWhileJobsRun) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server(*server_path, {"--workers=2"});
    const Descriptor client = Connect(server.port());
    // Some seconds of work for each worker, for whoever waits for it.
    for (int i = 0; i < 10; ++i) Send(client, "primes 10000000\n");
    Send(client, "ping\n");
    std::string line;
    do {
      line = ReceiveLine(client);
      ASSERT_NE(line, "");
    } while (line != "pong");
    server.Signal(signal);
    std::string output;
    EXPECT_EQ(server.Join(&output), 0);
    EXPECT_TRUE(absl::StartsWith(output, "served 1 connections, 10 jobs: "))
        << output;
    ReceiveAll(client);  // Up to an end that is no reset.
    EXPECT_FALSE(Connect(server.port()).valid()) << "still listening";
  }
}

TEST(WakeFromThreadsTest, RefusesWrongFlags) {
  for (const char* const flag :
       {"--workers=-1", "--workers=1025", "--bind=nowhere", "--port=70000"}) {
    ServerProcess server(*server_path, {flag});
    std::string output;
    EXPECT_EQ(server.Join(&output), 1) << flag;
  }
}

}  // namespace
}  // namespace wake_from_threads
}  // namespace examples

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: wake_from_threads_test SERVER" << std::endl;
    return 2;
  }
  std::string path = argv[1];
  examples::wake_from_threads::server_path = &path;
  std::signal(SIGPIPE, SIG_IGN);
  return RUN_ALL_TESTS();
}
