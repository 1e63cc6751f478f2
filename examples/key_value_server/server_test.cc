// The server over real sockets.

#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "descriptor.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "gtest/gtest.h"
#include "listen.h"

namespace key_value_server {
namespace {

// A client whose calls block.
class TestClient {
 public:
  TestClient() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {}
  explicit TestClient(std::uint16_t port) : TestClient() { Connect(port); }

  void Connect(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const void* const pointer = &address;
    EXPECT_EQ(connect(socket_.get(), static_cast<const sockaddr*>(pointer),
                      sizeof(address)),
              0);
  }

  void Send(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_.get(), bytes.data(), bytes.size(), 0);
      ASSERT_GT(sent, 0) << errno;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Blocks until `size` bytes have come, or the stream ends.
  std::string Receive(std::size_t size) {
    std::string bytes(size, '\0');
    const ssize_t received = recv(socket_.get(), &bytes[0], size, MSG_WAITALL);
    bytes.resize(received > 0 ? static_cast<std::size_t>(received) : 0);
    return bytes;
  }
  void Expect(absl::string_view reply) {
    EXPECT_EQ(Receive(reply.size()), reply);
  }
  void Ask(absl::string_view request, absl::string_view reply) {
    Send(absl::StrCat(request, "\r\n"));
    Expect(absl::StrCat(reply, "\r\n"));
  }

  void FinishSending() { shutdown(socket_.get(), SHUT_WR); }
  int fd() const { return socket_.get(); }

 private:
  Descriptor socket_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest()
      : snapshot_(absl::StrCat(testing::TempDir(), "/dump.resp")),
        selector_(event_selector::Selector::Create().value()),
        signals_(
            event_selector::SignalSet::Create(*selector_, {SIGINT, SIGTERM})
                .value()) {
    std::signal(SIGPIPE, SIG_IGN);
    Listening listening = Listen("127.0.0.1", 0).value();
    port_ = listening.port;
    ServerOptions options;
    options.snapshot_path = snapshot_;
    server_ = std::make_unique<Server>(*selector_, std::move(listening.socket),
                                       options);
    thread_ = std::thread([this] { status_ = server_->Run(signals_); });
  }
  ~ServerTest() override { Stop(); }

  void Stop() {
    if (!thread_.joinable()) return;
    std::raise(SIGTERM);
    thread_.join();
    EXPECT_TRUE(status_.ok()) << status_;
  }

  const std::string snapshot_;
  const std::unique_ptr<event_selector::Selector> selector_;
  event_selector::SignalSet signals_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
  absl::Status status_;
  std::thread thread_;
};

TEST_F(ServerTest, Answers) {
  TestClient client(port_);
  client.Ask("PING", "+PONG");
  client.Ask("SET greeting hello", "+OK");
  client.Ask("GET greeting", "$5\r\nhello");
  client.Ask("DEL greeting", ":1");
  client.Ask("GET greeting", "$-1");
  client.Ask("ECHO again", "$5\r\nagain");
}

TEST_F(ServerTest, AValueOfMegabytesGoesInAndComesOut) {
  TestClient client(port_);
  const std::string value(std::size_t{10} << 20, 'v');
  client.Send(absl::StrCat("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$", value.size(),
                           "\r\n", value, "\r\n"));
  client.Expect("+OK\r\n");
  client.Send("GET k\r\n");
  const std::string reply =
      absl::StrCat("$", value.size(), "\r\n", value, "\r\n");
  EXPECT_TRUE(client.Receive(reply.size()) == reply);
}

TEST_F(ServerTest, KeysExpire) {
  TestClient client(port_);
  client.Ask("SET a 1 PX 1", "+OK");
  std::string reply;
  do {
    client.Send("TTL a\r\n");
    reply = client.Receive(3);
    client.Receive(reply == ":-2" ? 2 : 1);
  } while (reply != ":-2");
  client.Ask("GET a", "$-1");
}

TEST_F(ServerTest, ManyClientsSubscribe) {
  std::vector<TestClient> subscribers;
  for (int i = 0; i < 50; ++i) {
    subscribers.emplace_back(port_);
    subscribers.back().Ask("SUBSCRIBE news",
                           "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1");
  }
  TestClient publisher(port_);
  publisher.Ask("PUBLISH news hello", ":50");
  for (TestClient& subscriber : subscribers) {
    subscriber.Expect("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
  }
}

// Until there is none left for the server. Ends with the object.
class NoDescriptors {
 public:
  NoDescriptors() {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit limit = before_;
    limit.rlim_cur = 200;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int last = 0; last >= 0;) {
      last = dup(0);
      if (last >= 0) taken_.emplace_back(last);
    }
    EXPECT_EQ(errno, EMFILE);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_ = {};
  std::vector<Descriptor> taken_;
};

TEST_F(ServerTest, WithoutDescriptorsTheOldClientsAreServed) {
  TestClient old(port_);
  old.Ask("PING", "+PONG");
  TestClient late;
  {
    const NoDescriptors none;
    late.Connect(port_);
    late.Send("PING\r\n");
    for (int i = 0; i < 100; ++i) old.Ask("PING", "+PONG");
    // Nor is there one for the file.
    old.Ask("BGSAVE", "+Background saving started");
    old.Ask("PING", "+PONG");
  }
  late.Expect("+PONG\r\n");
}

TEST_F(ServerTest, ThousandsOfSnapshotsAtOnceAreOne) {
  TestClient client(port_);
  client.Ask(absl::StrCat("SET a ", std::string(60'000, 'x')), "+OK");
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += "BGSAVE\r\n";
  client.Send(requests);
  client.Expect("+Background saving started\r\n");
  // It may have ended meanwhile, and another one begun.
  client.Send("ECHO end\r\n");
  std::string replies;
  while (!absl::EndsWith(replies, "$3\r\nend\r\n"))
    replies += client.Receive(1);
  EXPECT_TRUE(absl::StrContains(
      replies, "-ERR Background save already in progress\r\n"));
}

TEST_F(ServerTest, ASnapshotIsAListOfRequests) {
  TestClient client(port_);
  client.Ask("SET a 1", "+OK");
  client.Ask("SET b 2 EX 1000", "+OK");
  client.Ask("BGSAVE", "+Background saving started");
  // Until the next one can begin, the first is written.
  std::string reply;
  do {
    client.Send("BGSAVE\r\n");
    reply = client.Receive(1);
    while (!absl::EndsWith(reply, "\r\n")) reply += client.Receive(1);
  } while (reply[0] == '-');
  Stop();
  std::ifstream file(snapshot_, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  EXPECT_TRUE(
      absl::StrContains(content, "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"))
      << content;
  EXPECT_TRUE(absl::StrContains(
      content, "*5\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n$2\r\nPX\r\n"))
      << content;
}

// Requests go on without a pause while the server stops: as many replies come
// as requests were executed, and then the end.
TEST_F(ServerTest, AtTheEndNoReplyIsLost) {
  TestClient client(port_);
  client.Ask("PING", "+PONG");
  std::atomic<bool> has_ended(false);
  std::thread sender([&] {
    const std::string requests = [] {
      std::string all;
      for (int i = 0; i < 1000; ++i) all += "PING\r\n";
      return all;
    }();
    while (!has_ended.load()) {
      pollfd watched = {client.fd(), POLLOUT, 0};
      if (poll(&watched, 1, 10) == 1) {
        send(client.fd(), requests.data(), requests.size(), MSG_DONTWAIT);
      }
    }
    client.FinishSending();
  });
  std::atomic<std::size_t> received(7);
  std::thread receiver([&] {
    char room[64 * 1024];
    ssize_t size;
    while ((size = recv(client.fd(), room, sizeof(room), 0)) > 0) {
      received += static_cast<std::size_t>(size);
    }
    EXPECT_EQ(size, 0) << "reset: " << errno;
    has_ended.store(true);
  });
  while (received.load() < 70'000) std::this_thread::yield();
  Stop();
  receiver.join();
  sender.join();
  EXPECT_EQ(received.load(), server_->counts().requests * 7);
}

}  // namespace
}  // namespace key_value_server
