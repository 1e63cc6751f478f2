// Oneshot registrations and several threads, as docs/guide.md shows them.

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::ShutdownSend;
using event_selector::testing::SocketPair;

// [begin oneshot: one of several threads]
struct Connection {
  const int fd;
  std::mutex mutex;      // Nobody ever waits for it: see below.
  std::string received;  // Guarded by `mutex`.
};

// Gets each connection whose client has said all.
void Finished(std::unique_ptr<Connection> connection);

// Whether there may be more.
bool Read(Connection& connection) {
  const std::lock_guard<std::mutex> lock(connection.mutex);
  char chunk[4096];
  const ssize_t size = read(connection.fd, chunk, sizeof(chunk));
  if (size > 0) connection.received.append(chunk, size);
  return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

// What each of the threads runs. The connections were added with kOneshot.
absl::Status Work(event_selector::Selector& selector) {
  event_selector::Event events[8];
  for (;;) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    if (!ready.ok()) return ready.status();
    for (const event_selector::Event& event : *ready) {
      auto* const connection = event.token.pointer<Connection>();
      const bool failed = event.readiness.error() && HasFailed(connection->fd);
      if (Read(*connection) && !failed) {
        // Last of all: from here on, another thread may have the connection.
        const absl::Status armed = selector.Modify(
            connection->fd, event.token, event_selector::Interest::kReadable,
            event_selector::Mode::kOneshot);
        if (!armed.ok()) return armed;
      } else {
        selector.Remove(connection->fd).IgnoreError();
        close(connection->fd);
        Finished(std::unique_ptr<Connection>(connection));
      }
    }
  }
}
// [end]

// [begin ending: close, join, destroy]
class Pool {
 public:
  Pool(std::unique_ptr<event_selector::Selector> selector, int threads)
      : selector_(std::move(selector)) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Work(*selector_).IgnoreError(); });
    }
  }
  ~Pool() {
    selector_->Close();  // Every Wait returns kCancelled, now and later.
    for (std::thread& thread : threads_) thread.join();
  }  // And now the selector is destroyed: nobody uses it any more.

  event_selector::Selector& selector() { return *selector_; }

 private:
  std::unique_ptr<event_selector::Selector> selector_;
  std::vector<std::thread> threads_;
};
// [end]

std::mutex mutex;
std::vector<std::string> finished;  // Guarded by `mutex`.

void Finished(std::unique_ptr<Connection> connection) {
  const std::lock_guard<std::mutex> lock(mutex);
  const std::lock_guard<std::mutex> connection_lock(connection->mutex);
  finished.push_back(connection->received);
}

TEST(OneshotTest, SeveralThreadsReadEveryConnectionInOrder) {
  constexpr int kConnections = 20;
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += std::to_string(i) + " ";
  {
    Pool pool(event_selector::Selector::Create().value(), /*threads=*/4);
    std::vector<SocketPair> pairs(kConnections);
    for (SocketPair& pair : pairs) {
      pair = MakeStreamPair();
      auto* const connection = new Connection{pair.a.Release(), {}, {}};
      ASSERT_TRUE(pool.selector()
                      .Add(connection->fd,
                           event_selector::Token::FromPointer(connection),
                           event_selector::Interest::kReadable,
                           event_selector::Mode::kOneshot)
                      .ok());
    }
    for (int i = 0; i < 200; ++i) {
      for (const SocketPair& pair : pairs) {
        SendAll(pair.b.handle(), std::to_string(i) + " ");
      }
    }
    for (const SocketPair& pair : pairs) {
      ShutdownSend(pair.b.handle());
      // The end of the stream, once the other side is closed.
      EXPECT_TRUE(AwaitReadable(pair.b.handle(), absl::Seconds(120)));
    }
  }
  EXPECT_EQ(finished, std::vector<std::string>(kConnections, expected));
}

// What happens if the last line is forgotten.
TEST(OneshotTest, WithoutModifyNothingIsReportedAgain) {
  const auto selector = event_selector::Selector::Create().value();
  SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(selector
                  ->Add(pair.a.handle(), event_selector::Token(1),
                        event_selector::Interest::kReadable,
                        event_selector::Mode::kOneshot)
                  .ok());
  SendAll(pair.b.handle(), "first");
  event_selector::Event events[8];
  auto ready = selector->Wait(absl::MakeSpan(events), absl::Seconds(120));
  ASSERT_TRUE(ready.ok());
  EXPECT_EQ(ready->size(), 1u);
  SendAll(pair.b.handle(), "second");
  HangUp(std::move(pair.b));
  ready = selector->Wait(absl::MakeSpan(events), absl::Milliseconds(20));
  ASSERT_TRUE(ready.ok());
  EXPECT_TRUE(ready->empty()) << (*ready)[0];
}

}  // namespace
