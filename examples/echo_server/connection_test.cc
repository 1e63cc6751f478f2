#include "examples/echo_server/connection.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <utility>

#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "gtest/gtest.h"

namespace examples {
namespace echo {
namespace {

using event_selector::Readiness;
using State = Connection::State;

constexpr std::size_t kMaxBuffer = 10000;

// A connection and its client, without a selector: the test plays its part.
class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() : ConnectionTest(NonBlockingPair()) {}

  // Sends as much as the socket takes.
  std::size_t ClientSend(const std::string& data) {
    std::size_t sent = 0;
    while (sent < data.size()) {
      const ssize_t result =
          send(client_.get(), data.data() + sent, data.size() - sent, 0);
      if (result < 0) {
        EXPECT_EQ(errno, EAGAIN);
        break;
      }
      sent += static_cast<std::size_t>(result);
    }
    return sent;
  }

  // Receives what is there, up to `limit`.
  std::string ClientReceive(std::size_t limit = std::size_t{1} << 30) {
    std::string data;
    char chunk[4096];
    while (data.size() < limit) {
      const ssize_t result =
          recv(client_.get(), chunk,
               std::min(sizeof(chunk), limit - data.size()), 0);
      if (result <= 0) {
        at_end_ = result == 0;
        break;
      }
      data.append(chunk, static_cast<std::size_t>(result));
    }
    return data;
  }

  State ServeAfter(Readiness readiness) {
    connection_.Note(readiness);
    return connection_.Serve();
  }

  Descriptor client_;
  Connection connection_;
  bool at_end_ = false;

 private:
  explicit ConnectionTest(std::pair<Descriptor, Descriptor> ends)
      : client_(std::move(ends.first)),
        connection_(std::move(ends.second), kMaxBuffer) {
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

// Not periodic in anything that a buffer's size could be.
std::string Pattern(std::size_t size) {
  std::string data(size, '\0');
  unsigned number = 1;
  for (char& byte : data) {
    number = number * 1664525 + 1013904223;
    byte = static_cast<char>(number >> 24);
  }
  return data;
}

TEST_F(ConnectionTest, DoesNothingBeforeAnEvent) {
  ClientSend("hello");
  EXPECT_EQ(connection_.Serve(), State::kWaiting);
  EXPECT_EQ(ClientReceive(), "");
}

TEST_F(ConnectionTest, SendsBack) {
  EXPECT_EQ(ServeAfter(Readiness::kWritable), State::kWaiting);
  ClientSend("hello");
  EXPECT_EQ(ServeAfter(Readiness::kReadable), State::kWaiting);
  EXPECT_EQ(ClientReceive(), "hello");
  EXPECT_EQ(connection_.bytes_sent(), 5u);
  EXPECT_EQ(connection_.buffered(), 0u);
}

TEST_F(ConnectionTest, HoldsWhatCannotBeSentYet) {
  ClientSend("hello");
  EXPECT_EQ(ServeAfter(Readiness::kReadable), State::kWaiting);
  EXPECT_EQ(connection_.buffered(), 5u);
  EXPECT_EQ(ServeAfter(Readiness::kWritable), State::kWaiting);
  EXPECT_EQ(ClientReceive(), "hello");
}

TEST_F(ConnectionTest, AFastClientGetsOneTurnAtATime) {
  connection_.Note(Readiness::kReadable | Readiness::kWritable);
  const std::string data = Pattern(Connection::kBytesPerTurn * 2 + 1);
  ASSERT_EQ(ClientSend(data), data.size()) << "the test needs a larger buffer";
  EXPECT_EQ(connection_.Serve(), State::kMoreToDo);
  EXPECT_EQ(connection_.bytes_sent(), Connection::kBytesPerTurn);
  EXPECT_EQ(connection_.Serve(), State::kMoreToDo);
  EXPECT_EQ(connection_.bytes_sent(), 2 * Connection::kBytesPerTurn);
  EXPECT_EQ(connection_.Serve(), State::kWaiting);
  EXPECT_EQ(ClientReceive(), data);
}

TEST_F(ConnectionTest, StopsReadingWhileTheBufferIsFull) {
  // The client does not receive: first the socket fills, then the buffer, then
  // the other socket.
  const std::string data = Pattern(std::size_t{8} << 20);
  connection_.Note(Readiness::kReadable | Readiness::kWritable);
  std::size_t sent = 0;
  while (true) {
    const std::size_t more = ClientSend(data.substr(sent));
    sent += more;
    const State state = ServeAfter(Readiness::kReadable);
    ASSERT_NE(state, State::kFinished);
    ASSERT_LE(connection_.buffered(), kMaxBuffer);
    if (more == 0 && state == State::kWaiting) break;
  }
  ASSERT_LT(sent, data.size()) << "the sockets took everything";
  EXPECT_EQ(connection_.buffered(), kMaxBuffer);
  EXPECT_EQ(connection_.Serve(), State::kWaiting) << "or the server would spin";

  // Now it receives. Each time the server is told only that it can write: no
  // edge tells of the data that has been there before.
  std::string received;
  while (received.size() < sent) {
    const std::string some = ClientReceive();
    ASSERT_NE(some, "") << "stuck after " << received.size();
    received += some;
    State state = ServeAfter(Readiness::kWritable);
    while (state == State::kMoreToDo) state = connection_.Serve();
    ASSERT_EQ(state, State::kWaiting);
    ASSERT_LE(connection_.buffered(), kMaxBuffer);
  }
  EXPECT_TRUE(received == data.substr(0, sent));
}

TEST_F(ConnectionTest, AHalfClosedClientGetsAllItsBytes) {
  const std::string data = Pattern(3 * kMaxBuffer);
  ASSERT_EQ(ClientSend(data), data.size());
  ASSERT_EQ(shutdown(client_.get(), SHUT_WR), 0);
  // The socket is not writable yet: the end of the stream has to wait.
  EXPECT_EQ(ServeAfter(Readiness::kReadable | Readiness::kReadClosed),
            State::kWaiting);
  EXPECT_EQ(connection_.buffered(), kMaxBuffer);
  EXPECT_EQ(ServeAfter(Readiness::kWritable), State::kFinished);
  EXPECT_TRUE(ClientReceive() == data);
}

TEST_F(ConnectionTest, AtTheEndOfTheStreamTheBufferIsStillSent) {
  ClientSend("hello");
  ASSERT_EQ(shutdown(client_.get(), SHUT_WR), 0);
  EXPECT_EQ(ServeAfter(Readiness::kReadable | Readiness::kReadClosed),
            State::kWaiting);
  EXPECT_EQ(connection_.buffered(), 5u);
  EXPECT_EQ(ServeAfter(Readiness::kWritable), State::kFinished);
  EXPECT_EQ(ClientReceive(), "hello");
}

TEST_F(ConnectionTest, TheEndOfTheStreamFinishes) {
  ASSERT_EQ(shutdown(client_.get(), SHUT_WR), 0);
  EXPECT_EQ(ServeAfter(Readiness::kReadClosed), State::kFinished);
}

TEST_F(ConnectionTest, AHangupFinishes) {
  EXPECT_EQ(ServeAfter(Readiness::kHangup), State::kFinished);
}

TEST_F(ConnectionTest, AnErrorFinishes) {
  // Closed with the answer unread, it resets the connection (unix(7)).
  ClientSend("hello");
  EXPECT_EQ(ServeAfter(Readiness::kReadable | Readiness::kWritable),
            State::kWaiting);
  client_ = Descriptor();
  EXPECT_EQ(ServeAfter(Readiness::kError), State::kFinished);
}

// As after the report of a zero-copy send.
TEST_F(ConnectionTest, AnErrorThatIsNoneDoesNot) {
  EXPECT_EQ(ServeAfter(Readiness::kError), State::kWaiting);
}

TEST_F(ConnectionTest, AClientThatIsGoneFinishes) {
  ClientSend("hello");
  EXPECT_EQ(ServeAfter(Readiness::kReadable), State::kWaiting);
  client_ = Descriptor();
  // The write fails, and raises no signal.
  EXPECT_EQ(ServeAfter(Readiness::kWritable), State::kFinished);
}

TEST_F(ConnectionTest, GivesUpWhatIsBuffered) {
  ClientSend("hello");
  EXPECT_EQ(ServeAfter(Readiness::kReadable), State::kWaiting);
  EXPECT_EQ(connection_.TakeBuffer(), "hello");
  EXPECT_TRUE(connection_.TakeSocket().valid());
}

}  // namespace
}  // namespace echo
}  // namespace examples
