#include "examples/thread_per_core_server/connection.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/thread_per_core_server/request.h"
#include "gtest/gtest.h"

namespace examples {
namespace thread_per_core {
namespace {

using event_selector::Interest;
using event_selector::Readiness;
using State = Connection::State;

constexpr char kRequest[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

// A connection and its client, without a selector: the test plays its part.
class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() : ConnectionTest(NonBlockingPair()) {}

  // Sends as much of `data` as the socket takes.
  std::size_t ClientSend(const std::string& data) {
    const ssize_t sent = send(client_.get(), data.data(), data.size(), 0);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    EXPECT_EQ(errno, EAGAIN);
    return 0;
  }

  // Receives what is there.
  std::string ClientReceive() {
    std::string data;
    char chunk[4096];
    ssize_t size;
    while ((size = recv(client_.get(), chunk, sizeof(chunk), 0)) > 0) {
      data.append(chunk, static_cast<std::size_t>(size));
    }
    return data;
  }

  // As an event that tells what the connection waits for.
  State Serve() {
    return connection_.Serve(connection_.interest() == Interest::kReadable
                                 ? Readiness::kReadable
                                 : Readiness::kWritable);
  }

  // Sends `data` and serves it; what comes back.
  std::string AnswerTo(const std::string& data) {
    EXPECT_EQ(ClientSend(data), data.size());
    EXPECT_EQ(Serve(), State::kOpen);
    return ClientReceive();
  }
  // The same for the last answer, which is handed over.
  std::string LastAnswerTo(const std::string& data) {
    EXPECT_EQ(ClientSend(data), data.size());
    EXPECT_EQ(Serve(), State::kLast);
    EXPECT_TRUE(connection_.TakeSocket().valid());
    return connection_.TakeOutput();
  }

  Descriptor client_;
  Connection connection_;

 private:
  explicit ConnectionTest(std::pair<Descriptor, Descriptor> ends)
      : client_(std::move(ends.first)), connection_(std::move(ends.second)) {
    std::signal(SIGPIPE, SIG_IGN);
  }

  static std::pair<Descriptor, Descriptor> NonBlockingPair() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (const int end : ends) {
      EXPECT_EQ(fcntl(end, F_SETFL, O_NONBLOCK), 0);
    }
    return {Descriptor(ends[0]), Descriptor(ends[1])};
  }
};

std::string Times(std::size_t count, const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

TEST_F(ConnectionTest, AnswersARequestAndTheNext) {
  const std::string answer = AnswerTo(kRequest);
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(absl::EndsWith(answer, "\r\nContent-Length: 6\r\n\r\nHello\n"))
      << answer;
  EXPECT_EQ(AnswerTo(kRequest), answer);
  EXPECT_EQ(connection_.requests(), 2u);
  EXPECT_EQ(connection_.interest(), Interest::kReadable);
}

TEST_F(ConnectionTest, AnswersARequestInPiecesOnceItIsWhole) {
  const std::string request = kRequest;
  for (std::size_t i = 0; i + 1 < request.size(); ++i) {
    EXPECT_EQ(AnswerTo(request.substr(i, 1)), "") << i;
  }
  EXPECT_NE(AnswerTo(request.substr(request.size() - 1)), "");
  EXPECT_EQ(connection_.requests(), 1u);
}

TEST_F(ConnectionTest, AnswersAllThatCameAtOnce) {
  const std::string answer = AnswerTo(kRequest);
  const std::string request = kRequest;
  // The last of them only in part.
  const std::string pipelined =
      Times(10, kRequest) + request.substr(0, request.size() - 3);
  EXPECT_EQ(AnswerTo(pipelined), Times(10, answer));
  EXPECT_EQ(AnswerTo(request.substr(request.size() - 3)), answer);
  EXPECT_EQ(connection_.requests(), 12u);
}

TEST_F(ConnectionTest, AnEventWithoutUseChangesNothing) {
  EXPECT_EQ(Serve(), State::kOpen);
  EXPECT_NE(AnswerTo(kRequest), "");
}

TEST_F(ConnectionTest, StopsReadingWhileAnswersAreNotReceived) {
  const std::string answer = AnswerTo(kRequest);
  const std::string requests = Times(500, kRequest);
  std::size_t sent = 0;
  // Until nothing moves: the answers fill the client's buffer, then the
  // requests fill the server's.
  while (true) {
    const std::size_t more =
        ClientSend(requests.substr(sent % requests.size()));
    sent += more;
    ASSERT_EQ(Serve(), State::kOpen);
    if (more == 0 && connection_.interest() == Interest::kWritable) break;
  }
  const std::uint64_t answered = connection_.requests();
  ASSERT_EQ(Serve(), State::kOpen) << "although there is nothing to do";
  EXPECT_EQ(connection_.requests(), answered);
  EXPECT_LT(answered, sent / std::string(kRequest).size())
      << "some must not have been read";

  // Nothing is lost.
  std::string received = ClientReceive();
  for (std::size_t size = 1; size != received.size();) {
    size = received.size();
    ASSERT_EQ(Serve(), State::kOpen);
    received += ClientReceive();
  }
  const std::size_t whole = sent / std::string(kRequest).size();
  EXPECT_TRUE(received == Times(whole, answer));
  EXPECT_EQ(connection_.requests(), whole + 1);
}

TEST_F(ConnectionTest, NothingFollowsTheLastAnswer) {
  const std::string answer = LastAnswerTo(
      absl::StrCat("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                   "GET /ignored HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "\r\nConnection: close\r\n"));
  EXPECT_EQ(connection_.requests(), 1u);
}

TEST_F(ConnectionTest, ABadRequestIsRefusedOnce) {
  const std::string answer =
      LastAnswerTo(absl::StrCat(kRequest, "POST / HTTP/1.1\r\n\r\n", kRequest));
  const std::size_t refusal = answer.find("HTTP/1.1 400 Bad Request\r\n");
  ASSERT_NE(refusal, std::string::npos);
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_EQ(answer.find("HTTP/1.1", refusal + 1), std::string::npos) << answer;
  EXPECT_EQ(connection_.requests(), 1u);
}

TEST_F(ConnectionTest, ARequestWithoutEndIsRefused) {
  EXPECT_EQ(AnswerTo(std::string(kMaxRequestSize - 1, 'x')), "");
  EXPECT_TRUE(
      absl::StartsWith(LastAnswerTo("x"), "HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(ConnectionTest, EndsWithTheClient) {
  EXPECT_NE(AnswerTo(kRequest), "");
  ASSERT_EQ(shutdown(client_.get(), SHUT_WR), 0);
  EXPECT_EQ(Serve(), State::kBroken);
}

TEST_F(ConnectionTest, AClientThatHasSaidAllGetsItsAnswer) {
  ClientSend(kRequest);
  ASSERT_EQ(shutdown(client_.get(), SHUT_WR), 0);
  EXPECT_EQ(connection_.Serve(Readiness::kReadable | Readiness::kReadClosed),
            State::kOpen);
  EXPECT_NE(ClientReceive(), "");
  EXPECT_EQ(connection_.Serve(Readiness::kReadable | Readiness::kReadClosed),
            State::kBroken);
}

TEST_F(ConnectionTest, EndsWhenItIsBroken) {
  EXPECT_EQ(connection_.Serve(Readiness::kReadable | Readiness::kHangup),
            State::kBroken);
  ClientSend(kRequest);
  client_ = Descriptor();
  EXPECT_EQ(connection_.Serve(Readiness::kReadable), State::kBroken)
      << "cannot be sent";
}

}  // namespace
}  // namespace thread_per_core
}  // namespace examples
