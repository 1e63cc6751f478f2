#include "shout_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace {

class ShoutServerTest : public ::testing::Test {
 protected:
  ShoutServerTest() : server_(ShoutServer::Listen()) {
    EXPECT_TRUE(server_.ok()) << server_.status();
    thread_ = std::thread([this] { served_ = (*server_)->Run(); });
  }

  ~ShoutServerTest() override {
    (*server_)->Stop();
    thread_.join();
    EXPECT_TRUE(served_.ok()) << served_;
  }

  const ShoutServer& server() const { return **server_; }

  Descriptor Connect() const {
    Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(server().port());
    EXPECT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&address),
                      sizeof(address)),
              0);
    return client;
  }

 private:
  const absl::StatusOr<std::unique_ptr<ShoutServer>> server_;
  absl::Status served_;
  std::thread thread_;
};

void Write(const Descriptor& client, const std::string& bytes) {
  ASSERT_EQ(send(client.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size()));
}

// All of `size` bytes, or fewer if the connection ends before.
std::string Read(const Descriptor& client, std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = recv(client.get(), bytes.data(), size, MSG_WAITALL);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

// Who runs this test with another backend says so: tests/consumers/check.
TEST_F(ShoutServerTest, HasTheBackendThatTheBuildChose) {
  const char* const expected = std::getenv("EXPECTED_BACKEND");
  if (expected == nullptr) GTEST_SKIP() << "no EXPECTED_BACKEND is given";
  EXPECT_EQ(server().backend(), std::string(expected));
}

TEST_F(ShoutServerTest, AnswersInCapitals) {
  const Descriptor client = Connect();
  Write(client, "hello");
  EXPECT_EQ(Read(client, 5), "HELLO");
  Write(client, "again");
  EXPECT_EQ(Read(client, 5), "AGAIN");
}

TEST_F(ShoutServerTest, ServesManyAtOnce) {
  std::vector<Descriptor> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(Connect());
  for (const Descriptor& client : clients) Write(client, "me");
  for (const Descriptor& client : clients) EXPECT_EQ(Read(client, 2), "ME");
}

// More than the sockets hold: the server has to wait for room.
TEST_F(ShoutServerTest, AnswersAllOfALongSpeech) {
  const Descriptor client = Connect();
  const std::string speech(std::size_t{1} << 24, 'a');
  std::thread speaker([&] { Write(client, speech); });
  EXPECT_EQ(Read(client, speech.size()), std::string(speech.size(), 'A'));
  speaker.join();
}

TEST_F(ShoutServerTest, LetsGoOfAClientThatLeaves) {
  const Descriptor client = Connect();
  ASSERT_EQ(shutdown(client.get(), SHUT_WR), 0);
  EXPECT_EQ(Read(client, 1), "");
  const Descriptor next = Connect();
  Write(next, "hello");
  EXPECT_EQ(Read(next, 5), "HELLO");
}

}  // namespace
