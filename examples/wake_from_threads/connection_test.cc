// That the connection never asks for what it cannot use: the server's loop
// would be told of it again and again.

#include "examples/wake_from_threads/connection.h"

#include <sys/socket.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/process.h"
#include "examples/common/socket_calls.h"
#include "gtest/gtest.h"

namespace examples {
namespace wake_from_threads {
namespace {

using event_selector::Interest;
using event_selector::Readiness;

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() : ConnectionTest(NonBlockingPair()) {}

  void ClientSend(const std::string& data) {
    EXPECT_EQ(Send(client_.get(), data.data(), data.size()),
              static_cast<std::ptrdiff_t>(data.size()));
  }

  Descriptor client_;
  Connection connection_;

 private:
  explicit ConnectionTest(std::pair<Descriptor, Descriptor> ends)
      : client_(std::move(ends.first)), connection_(std::move(ends.second)) {
    PrepareProcess();
  }

  static std::pair<Descriptor, Descriptor> NonBlockingPair() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    EXPECT_TRUE(PrepareSocket(ends[0]) && PrepareSocket(ends[1]));
    return {Descriptor(ends[0]), Descriptor(ends[1])};
  }
};

TEST_F(ConnectionTest, AsksForLines) {
  EXPECT_EQ(connection_.interest(), Interest::kReadable);
  ClientSend("one\ntwo\r\nthr");
  EXPECT_TRUE(connection_.Transfer(Readiness::kReadable));
  EXPECT_EQ(connection_.NextLine(), "one");
  EXPECT_EQ(connection_.NextLine(), "two");
  EXPECT_EQ(connection_.NextLine(), std::nullopt);
  EXPECT_EQ(connection_.interest(), Interest::kReadable);
}

TEST_F(ConnectionTest, AsksForNothingWhileItHasTooManyJobs) {
  ClientSend("next\n");
  EXPECT_TRUE(connection_.Transfer(Readiness::kReadable));
  for (std::size_t i = 0; i < Connection::kMaxJobs; ++i) connection_.BeginJob();
  EXPECT_EQ(connection_.interest(), Interest::kNone);
  EXPECT_EQ(connection_.NextLine(), std::nullopt);
  connection_.EndJob(1, "done");
  EXPECT_TRUE(connection_.Flush());
  EXPECT_EQ(connection_.NextLine(), "next");
  EXPECT_EQ(connection_.interest(), Interest::kReadable);
}

TEST_F(ConnectionTest, AsksForNothingAfterTheEndOfTheStream) {
  connection_.BeginJob();
  FinishSending(client_.get());
  EXPECT_TRUE(connection_.Transfer(Readiness::kReadable));
  EXPECT_EQ(connection_.interest(), Interest::kNone);
  EXPECT_FALSE(connection_.is_finished());
  connection_.EndJob(1, "done");
  EXPECT_FALSE(connection_.is_finished()) << "not sent yet";
  EXPECT_TRUE(connection_.Flush());
  EXPECT_TRUE(connection_.is_finished());
}

TEST_F(ConnectionTest, AsksForRoomUntilAllIsSent) {
  const std::string line(10000, 'x');
  while (connection_.interest() == Interest::kReadable) {
    connection_.Answer(line);
    ASSERT_TRUE(connection_.Flush());
  }
  EXPECT_EQ(connection_.interest(), Interest::kWritable);
  // And serves nothing meanwhile.
  ClientSend("next\n");
  EXPECT_TRUE(connection_.Transfer(Readiness::kReadable));
  EXPECT_EQ(connection_.NextLine(), std::nullopt);

  char chunk[4096];
  while (connection_.interest() == Interest::kWritable) {
    while (Receive(client_.get(), chunk, sizeof(chunk)) > 0) {
    }
    ASSERT_TRUE(connection_.Transfer(Readiness::kWritable));
  }
  EXPECT_EQ(connection_.NextLine(), "next");
}

TEST_F(ConnectionTest, BreaksWithTheSocket) {
  EXPECT_FALSE(connection_.Transfer(Readiness::kReadable | Readiness::kHangup));
  client_ = Descriptor();
  connection_.Answer("nobody is there");
  EXPECT_FALSE(connection_.Flush());
}

}  // namespace
}  // namespace wake_from_threads
}  // namespace examples
