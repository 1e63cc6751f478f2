// Level-triggered registrations, as docs/guide.md shows them.

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/docs/error_queue.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::Drain;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::MakeTcpPair;
using event_selector::testing::SendAll;
using event_selector::testing::ShutdownSend;
using event_selector::testing::SocketPair;

// [begin level: a loop that reads]
// Reads from every socket that has something, until `Close` is called. The
// token of a socket is its descriptor.
absl::Status ReadAll(event_selector::Selector& selector,
                     std::map<int, std::string>& received) {
  event_selector::Event events[64];
  for (;;) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    if (!ready.ok()) return ready.status();  // kCancelled after Close.
    for (const event_selector::Event& event : *ready) {
      const int fd = static_cast<int>(event.token.value());
      // An error need not be one: see "The error queue" below.
      const bool failed = event.readiness.error() && HasFailed(fd);
      char chunk[4096];
      const ssize_t size = read(fd, chunk, sizeof(chunk));
      if (size > 0) {
        received[fd].append(chunk, size);  // More to read? It comes again.
      } else if (size == 0 || failed || (errno != EAGAIN && errno != EINTR)) {
        // The end of the stream, or an error.
        selector.Remove(fd).IgnoreError();  // Before close().
        close(fd);
      }
    }
  }
}
// [end]

// [begin level: writable only while there is something to write]
struct Output {
  int fd;
  event_selector::Token token;
  std::string pending;   // What is not sent yet, behind
  std::size_t sent = 0;  // so many bytes that are.
  bool waiting = false;  // Whether kWritable is asked for.
};

// Sends what it can of `pending`. To be called when there is more to send, and
// with each event that says kWritable.
absl::Status Flush(event_selector::Selector& selector, Output& output) {
  while (output.sent < output.pending.size()) {
    const ssize_t sent = send(output.fd, output.pending.data() + output.sent,
                              output.pending.size() - output.sent, 0);
    if (sent >= 0) {
      output.sent += sent;
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      return absl::ErrnoToStatus(errno, "send");
    }
  }
  // Not after each send: that would move a long backlog again and again.
  if (output.sent > output.pending.size() / 2) {
    output.pending.erase(0, output.sent);
    output.sent = 0;
  }
  const bool must_wait = !output.pending.empty();
  if (must_wait == output.waiting) return absl::OkStatus();
  output.waiting = must_wait;
  event_selector::Interest interest = event_selector::Interest::kReadable;
  if (must_wait) interest |= event_selector::Interest::kWritable;
  return selector.Modify(output.fd, output.token, interest,
                         event_selector::Mode::kLevel);
}
// [end]

class LevelTest : public testing::Test {
 protected:
  LevelTest() { std::signal(SIGPIPE, SIG_IGN); }

  std::unique_ptr<event_selector::Selector> selector_ =
      event_selector::Selector::Create().value();
};

TEST_F(LevelTest, ReadsEverythingAndClosesAtTheEnd) {
  SocketPair first = MakeStreamPair();
  SocketPair second = MakeStreamPair();
  const int first_fd = first.a.Release();
  const int second_fd = second.a.Release();
  for (const int fd : {first_fd, second_fd}) {
    ASSERT_TRUE(selector_
                    ->Add(fd, event_selector::Token(fd),
                          event_selector::Interest::kReadable)
                    .ok());
  }
  std::thread peers([&] {
    const std::string much(100'000, 'x');
    SendAll(first.b.handle(), much);
    SendAll(second.b.handle(), "hello");
    for (const SocketPair* pair : {&first, &second}) {
      ShutdownSend(pair->b.handle());
      EXPECT_TRUE(AwaitReadable(pair->b.handle(), absl::Seconds(120)));
    }
    selector_->Close();
  });
  std::map<int, std::string> received;
  EXPECT_TRUE(absl::IsCancelled(ReadAll(*selector_, received)));
  peers.join();
  EXPECT_EQ(received[first_fd], std::string(100'000, 'x'));
  EXPECT_EQ(received[second_fd], "hello");
}

#if defined(MSG_ERRQUEUE)
// The loop takes the report of a zero-copy send, and goes on reading.
TEST_F(LevelTest, AZeroCopySendEndsNothing) {
  SocketPair pair = MakeTcpPair();
  const int fd = pair.a.Release();
  const int on = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) != 0) {
    GTEST_SKIP() << "no zero-copy sends here";
  }
  ASSERT_TRUE(selector_
                  ->Add(fd, event_selector::Token(fd),
                        event_selector::Interest::kReadable)
                  .ok());
  ASSERT_EQ(send(fd, "x", 1, MSG_ZEROCOPY), 1);
  std::thread peer([&] {
    EXPECT_TRUE(AwaitReadable(pair.b.handle(), absl::Seconds(120)));
    EXPECT_EQ(Drain(pair.b.handle()), "x");
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    short revents;
    do {
      pollfd polled = {fd, 0, 0};
      poll(&polled, 1, 0);
      revents = polled.revents;
    } while (revents != 0 && std::chrono::steady_clock::now() < end);
    EXPECT_EQ(revents, 0) << "reported again and again";
    SendAll(pair.b.handle(), "hello");
    ShutdownSend(pair.b.handle());
    EXPECT_TRUE(AwaitReadable(pair.b.handle(), absl::Seconds(120)));
    selector_->Close();
  });
  std::map<int, std::string> received;
  EXPECT_TRUE(absl::IsCancelled(ReadAll(*selector_, received)));
  peer.join();
  EXPECT_EQ(received[fd], "hello");
}
#endif

TEST_F(LevelTest, AWritableInterestWithNothingToWriteIsReportedForEver) {
  const SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(selector_
                  ->Add(pair.a.handle(), event_selector::Token(1),
                        event_selector::Interest::kReadable |
                            event_selector::Interest::kWritable)
                  .ok());
  for (int i = 0; i < 3; ++i) {
    event_selector::Event events[8];
    const auto ready =
        selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    ASSERT_TRUE(ready.ok()) << ready.status();
    EXPECT_EQ(ready->size(), 1u);
  }
}

TEST_F(LevelTest, AsksForWritableOnlyWhileSomethingIsPending) {
  const SocketPair pair = MakeStreamPair();
  Output output = {pair.a.handle(), event_selector::Token(1), {}};
  ASSERT_TRUE(
      selector_
          ->Add(output.fd, output.token, event_selector::Interest::kReadable)
          .ok());
  const std::string all(3'000'000, 'y');
  output.pending = all;
  ASSERT_TRUE(Flush(*selector_, output).ok());
  ASSERT_TRUE(output.waiting);

  std::string received;
  event_selector::Event events[8];
  while (!output.pending.empty()) {
    received += Drain(pair.b.handle());
    const auto ready =
        selector_->Wait(absl::MakeSpan(events), absl::Seconds(120));
    ASSERT_TRUE(ready.ok()) << ready.status();
    ASSERT_EQ(ready->size(), 1u);
    EXPECT_TRUE((*ready)[0].readiness.writable());
    ASSERT_TRUE(Flush(*selector_, output).ok());
  }
  received += Drain(pair.b.handle());
  EXPECT_EQ(received, all);
  EXPECT_FALSE(output.waiting);
  const auto ready =
      selector_->Wait(absl::MakeSpan(events), absl::ZeroDuration());
  ASSERT_TRUE(ready.ok());
  EXPECT_TRUE(ready->empty());
}

TEST_F(LevelTest, FlushReportsAPeerThatIsGone) {
  SocketPair pair = MakeStreamPair();
  Output output = {pair.a.handle(), event_selector::Token(1), "lost"};
  ASSERT_TRUE(
      selector_
          ->Add(output.fd, output.token, event_selector::Interest::kReadable)
          .ok());
  HangUp(std::move(pair.b));
  EXPECT_FALSE(Flush(*selector_, output).ok());
}

}  // namespace
