// The servers keep a healthy connection whose socket reports kError for its
// error queue, and empty that, so that it is not reported for ever.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace examples {
namespace {

// By the name of the program.
std::map<std::string, std::string>* paths = nullptr;

struct Server {
  const char* name;
  std::vector<std::string> flags;
  // What a client can say, and how the answer begins.
  const char* question;
  const char* answer;
};

// The server's socket that is connected to `client`, as a descriptor of this
// process: pidfd_getfd(2), Linux 5.6. Not valid where that is not allowed.
Descriptor SocketOf(const ServerProcess& server, const Descriptor& client) {
  const Descriptor process(
      static_cast<int>(syscall(SYS_pidfd_open, server.pid(), 0)));
  if (!process.valid()) return Descriptor();
  const std::uint16_t port = event_selector::testing::LocalPort(client.get());
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(
           absl::StrCat("/proc/", server.pid(), "/fd"), error)) {
    int number;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &number)) continue;
    Descriptor copy(
        static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), number, 0)));
    sockaddr_in peer = {};
    socklen_t size = sizeof(peer);
    if (copy.valid() &&
        getpeername(copy.get(), reinterpret_cast<sockaddr*>(&peer), &size) ==
            0 &&
        peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) {
      return copy;
    }
  }
  return Descriptor();
}

bool ReportsError(const Descriptor& socket) {
  pollfd polled = {socket.get(), 0, 0};
  return poll(&polled, 1, 0) == 1 && (polled.revents & POLLERR) != 0;
}

// Whether it ever does.
bool StopsToReportError(const Descriptor& socket) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::seconds(120);
  while (ReportsError(socket)) {
    if (Clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

class ErrorQueueTest : public testing::TestWithParam<Server> {};

TEST_P(ErrorQueueTest, TheEndOfAZeroCopySendIsNoEndOfTheConnection) {
  const ServerProcess echo(paths->at("echo_server"), {});
  std::vector<std::string> flags = GetParam().flags;
  if (std::string(GetParam().name) == "tcp_proxy") {
    flags.push_back(absl::StrCat("--target=127.0.0.1:", echo.port()));
  }
  const ServerProcess server(paths->at(GetParam().name), flags);
  const Descriptor client = Connect(server.port());
  Send(client, GetParam().question);
  const std::string answer = ReceiveLine(client);
  EXPECT_EQ(answer.rfind(GetParam().answer, 0), 0u) << answer;
  Descriptor socket = SocketOf(server, client);
  if (!socket.valid()) GTEST_SKIP() << "no pidfd_getfd here";

  const int on = 1;
  ASSERT_EQ(setsockopt(socket.get(), SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)),
            0);
  const std::string sent = "by zero-copy\n";
  ASSERT_EQ(send(socket.get(), sent.data(), sent.size(), MSG_ZEROCOPY),
            static_cast<ssize_t>(sent.size()));
  // What came of the first question, up to the end of what was sent.
  for (std::string line; line != "by zero-copy";) {
    line = ReceiveLine(client);
    ASSERT_NE(line, "") << "the end of the stream";
  }
  // The server takes the report.
  EXPECT_TRUE(StopsToReportError(socket));
  // And goes on.
  if (std::string(GetParam().name) != "chat_server") {
    Send(client, GetParam().question);
    EXPECT_NE(ReceiveLine(client), "");
  } else {
    const Descriptor other = Connect(server.port());
    EXPECT_NE(ReceiveLine(other), "");
    Send(other, "hello\n");
    EXPECT_EQ(ReceiveLine(client), "2: hello");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Servers, ErrorQueueTest,
    testing::Values(Server{"chat_server", {}, "", "you are"},
                    Server{"echo_server", {}, "hello\n", "hello"},
                    Server{"key_value_server", {}, "PING\r\n", "+PONG"},
                    Server{"tcp_proxy", {}, "hello\n", "hello"},
                    Server{"thread_per_core_server",
                           {"--threads=1"},
                           "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                           "HTTP/1.1 200"},
                    Server{"wake_from_threads", {}, "7\n", "1: "}),
    [](const auto& server) { return std::string(server.param.name); });

}  // namespace
}  // namespace examples

// The servers' programs are the arguments.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::map<std::string, std::string> programs;
  for (int i = 1; i < argc; ++i) {
    programs[std::filesystem::path(argv[i]).filename().string()] = argv[i];
  }
  examples::paths = &programs;
  return RUN_ALL_TESTS();
}
