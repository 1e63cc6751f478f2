// The server, with work that takes exactly as long as the test wants, and real
// clients.

#include "examples/wake_from_threads/server.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "event/selector.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/process.h"
#include "examples/common/stop_signal.h"
#include "examples/common/test_client.h"
#include "examples/wake_from_threads/connection.h"
#include "examples/wake_from_threads/worker_pool.h"
#include "gtest/gtest.h"

namespace examples {
namespace wake_from_threads {
namespace {

// Holds workers until they are released.
class Gate {
 public:
  Gate() {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    out_ = Descriptor(ends[0]);
    in_ = Descriptor(ends[1]);
  }

  void Pass() {
    char byte;
    EXPECT_EQ(read(out_.get(), &byte, 1), 1);
  }
  void Release(std::size_t count) {
    const std::string bytes(count, '.');
    EXPECT_EQ(write(in_.get(), bytes.data(), count),
              static_cast<ssize_t>(count));
  }

 private:
  Descriptor out_;
  Descriptor in_;
};

// A server with `workers` workers, in a thread of its own.
class RunningServer {
 public:
  explicit RunningServer(int workers)
      : pool_(WorkerPool::Create(
                  workers,
                  [this](const std::string& question,
                         const std::atomic<bool>& cancelled) {
                    return Work(question, cancelled);
                  },
                  *selector_)
                  .value()),
        server_(*selector_, listener_, *pool_),
        loop_([this] { status_ = server_.Run(stop_signal_); }) {}

  ~RunningServer() {
    if (loop_.joinable()) Stop();
  }

  Descriptor Connect() { return examples::Connect(listener_.port()); }

  // Lets `count` jobs go on that begin with "hold".
  void Release(std::size_t count) { gate_.Release(count); }

  Server::Counts Stop() {
    std::raise(SIGTERM);
    loop_.join();
    EXPECT_TRUE(status_.ok()) << status_;
    pool_->Stop();
    return server_.counts();
  }

 private:
  std::string Work(const std::string& question,
                   const std::atomic<bool>& cancelled) {
    if (absl::StartsWith(question, "hold")) gate_.Pass();
    if (absl::StartsWith(question, "until cancelled")) {
      while (!cancelled.load()) std::this_thread::yield();
    }
    return absl::StrCat("did ", question);
  }

  Gate gate_;
  const std::unique_ptr<event_selector::Selector> selector_ =
      event_selector::Selector::Create().value();
  const Listener listener_ = *Listener::Create("127.0.0.1", 0);
  const StopSignal stop_signal_{{selector_.get()}};
  const std::unique_ptr<WorkerPool> pool_;
  Server server_;
  absl::Status status_;
  std::thread loop_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() { PrepareProcess(); }
};

// Asks until it is answered so. Each time, the loop has to answer.
void AwaitStatus(const Descriptor& client, const std::string& status) {
  std::string answer;
  while (answer != status) {
    Send(client, "status\n");
    answer = ReceiveLine(client);
    ASSERT_NE(answer, "");
  }
}

void ExpectPong(const Descriptor& client) {
  Send(client, "ping\n");
  ASSERT_EQ(ReceiveLine(client), "pong");
}

TEST_F(ServerTest, AnswersEachJobOfEachClientOnce) {
  constexpr std::size_t kClients = 5;
  constexpr std::uint64_t kJobs = 200;
  static_assert(kJobs > 2 * Connection::kMaxJobs, "or none has to wait");
  RunningServer server(3);
  std::vector<Descriptor> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(server.Connect());
    std::string questions;
    for (std::uint64_t job = 1; job <= kJobs; ++job) {
      absl::StrAppend(&questions, "job ", job, " of client ", i, "\n");
    }
    Send(clients[i], questions);
  }
  for (std::size_t i = 0; i < kClients; ++i) {
    std::set<std::string> expected, received;
    for (std::uint64_t job = 1; job <= kJobs; ++job) {
      expected.insert(absl::StrCat(job, ": did job ", job, " of client ", i));
      received.insert(ReceiveLine(clients[i]));
    }
    EXPECT_EQ(received, expected);
    // And nothing twice.
    ExpectPong(clients[i]);
  }
  const Server::Counts counts = server.Stop();
  EXPECT_EQ(counts.connections, kClients);
  EXPECT_EQ(counts.jobs, kClients * kJobs);
  EXPECT_EQ(counts.answers, kClients * kJobs);
  EXPECT_EQ(counts.late, 0u);
}

TEST_F(ServerTest, AnswersAtOnceWhileAllWorkersAreHeld) {
  RunningServer server(2);
  const Descriptor client = server.Connect();
  const Descriptor other = server.Connect();
  Send(client, "hold 1\nhold 2\nhold 3\nhold 4\nhold 5\n");
  AwaitStatus(other, "2 clients, 2 running, 3 waiting");
  for (int i = 0; i < 100; ++i) {
    ExpectPong(other);
    ExpectPong(client);
  }
  AwaitStatus(client, "2 clients, 2 running, 3 waiting");
  server.Release(5);
  std::set<std::string> received;
  for (int i = 0; i < 5; ++i) received.insert(ReceiveLine(client));
  EXPECT_EQ(received, (std::set<std::string>{"1: did hold 1", "2: did hold 2",
                                             "3: did hold 3", "4: did hold 4",
                                             "5: did hold 5"}));
}

TEST_F(ServerTest, AQuickJobOvertakesASlowOne) {
  RunningServer server(2);
  const Descriptor client = server.Connect();
  Send(client, "hold\nquick\r\n");
  EXPECT_EQ(ReceiveLine(client), "2: did quick");
  server.Release(1);
  EXPECT_EQ(ReceiveLine(client), "1: did hold");
}

// Where a wake-up comes together with an event, the wait is over for both.
TEST_F(ServerTest, AResultThatComesWithAnEventIsDelivered) {
  RunningServer server(1);
  const Descriptor client = server.Connect();
  const Descriptor other = server.Connect();
  std::atomic<bool> done(false);
  std::thread events([&] {
    while (!done.load()) ExpectPong(other);
  });
  for (int job = 1; job <= 2000; ++job) {
    Send(client, "quick\n");
    EXPECT_EQ(ReceiveLine(client), absl::StrCat(job, ": did quick"));
  }
  done.store(true);
  events.join();
}

TEST_F(ServerTest, WhoHasTooManyJobsWaitsAndNobodyElseDoes) {
  RunningServer server(1);
  const Descriptor client = server.Connect();
  const Descriptor other = server.Connect();
  constexpr std::size_t kMore = 10;
  for (std::size_t i = 0; i < Connection::kMaxJobs + kMore; ++i) {
    Send(client, "hold\n");
  }
  Send(client, "ping\n");
  AwaitStatus(other, absl::StrCat("2 clients, 1 running, ",
                                  Connection::kMaxJobs - 1, " waiting"));
  ExpectPong(other);
  server.Release(Connection::kMaxJobs + kMore);
  // The lines are served in their order, and so is the ping: after the last
  // job was begun, which is before the last was answered.
  std::size_t before_pong = 0;
  for (std::size_t i = 0; i < Connection::kMaxJobs + kMore; ++i) {
    const std::string line = ReceiveLine(client);
    if (line == "pong") {
      before_pong = i;
      EXPECT_EQ(ReceiveLine(client), absl::StrCat(i + 1, ": did hold"));
    } else {
      EXPECT_EQ(line, absl::StrCat(i + 1, ": did hold"));
    }
  }
  EXPECT_GE(before_pong, kMore);
}

TEST_F(ServerTest, AResultForAClientThatHasLeftFindsNobody) {
  RunningServer server(1);
  const Descriptor watcher = server.Connect();
  {
    const Descriptor client = server.Connect();
    Send(client, "hold\n");
    AwaitStatus(watcher, "2 clients, 1 running, 0 waiting");
    ResetOnClose(client);
  }
  AwaitStatus(watcher, "1 clients, 1 running, 0 waiting");
  // This one gets the descriptor and the place of the one that left.
  const Descriptor next = server.Connect();
  ExpectPong(next);
  server.Release(1);
  AwaitStatus(watcher, "2 clients, 0 running, 0 waiting");
  // The result was in the queue then; the loop takes it before it answers this.
  ExpectPong(watcher);
  ExpectPong(next);
  const Server::Counts counts = server.Stop();
  EXPECT_EQ(counts.jobs, 1u);
  EXPECT_EQ(counts.answers, 0u);
  EXPECT_EQ(counts.late, 1u);
}

TEST_F(ServerTest, AClientThatHasSaidAllGetsItsAnswers) {
  RunningServer server(2);
  const Descriptor client = server.Connect();
  Send(client, "hold\nquick\nping\nan unfinished line is not served");
  ShutDownSending(client);
  const Descriptor other = server.Connect();
  // The order of these two is open.
  const std::set<std::string> first = {ReceiveLine(client),
                                       ReceiveLine(client)};
  EXPECT_EQ(first, (std::set<std::string>{"pong", "2: did quick"}));
  ExpectPong(other);
  server.Release(1);
  EXPECT_EQ(ReceiveLine(client), "1: did hold");
  EXPECT_TRUE(AtEnd(client));
  AwaitStatus(other, "1 clients, 0 running, 0 waiting");
}

TEST_F(ServerTest, ALineWithoutEndIsNotRemembered) {
  RunningServer server(1);
  const Descriptor client = server.Connect();
  Send(client, std::string(Connection::kMaxLine, 'x') + "\n");
  EXPECT_EQ(ReceiveLine(client),
            absl::StrCat("1: did ", std::string(Connection::kMaxLine, 'x')));
  Send(client, std::string(Connection::kMaxLine + 1, 'x'));
  EXPECT_TRUE(AtEnd(client));
}

TEST_F(ServerTest, StopsWhileJobsRun) {
  RunningServer server(2);
  const Descriptor client = server.Connect();
  const Descriptor other = server.Connect();
  for (int i = 0; i < 5; ++i) Send(client, "until cancelled\n");
  AwaitStatus(other, "2 clients, 2 running, 3 waiting");
  const Server::Counts counts = server.Stop();
  EXPECT_EQ(counts.jobs, 5u);
  EXPECT_EQ(counts.answers, 0u);
  EXPECT_EQ(counts.late, 0u);
}

TEST_F(ServerTest, StopsRightAfterItsStart) {
  for (int i = 0; i < 20; ++i) {
    RunningServer server(2);
    EXPECT_EQ(server.Stop().connections, 0u);
  }
}

}  // namespace
}  // namespace wake_from_threads
}  // namespace examples
