// Edge-triggered registrations, as docs/guide.md shows them.

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::AwaitWritable;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::SendSome;
using event_selector::testing::ShutdownSend;
using event_selector::testing::SocketPair;

// [begin edge: drain within a budget]
enum class Drained { kYes, kNotYet, kEnded };

// Reads until there is nothing left, but no more than `budget` bytes.
Drained ReadSome(int fd, std::size_t budget, std::string& received) {
  char chunk[4096];
  while (budget > 0) {
    const ssize_t size = read(fd, chunk, std::min(budget, sizeof(chunk)));
    if (size > 0) {
      received.append(chunk, size);
      budget -= size;
    } else if (size < 0 && errno == EAGAIN) {
      return Drained::kYes;  // What comes next brings an event.
    } else if (size == 0 || errno != EINTR) {
      return Drained::kEnded;
    }
  }
  return Drained::kNotYet;  // No event will tell of the rest.
}
// [end]

// [begin edge: a fair loop]
struct Connection {
  int fd;
  std::string* received;
};

absl::Status ReadAll(event_selector::Selector& selector,
                     event_selector::TokenMap<Connection>& connections) {
  event_selector::Event events[64];
  // Those whose edge is spent and whose data is not.
  absl::flat_hash_set<event_selector::Token> unfinished;
  for (;;) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events), unfinished.empty()
                                                  ? absl::InfiniteDuration()
                                                  : absl::ZeroDuration());
    if (!ready.ok()) return ready.status();
    absl::flat_hash_set<event_selector::Token> turn =
        std::exchange(unfinished, {});
    for (const event_selector::Event& event : *ready) turn.insert(event.token);
    for (const event_selector::Token token : turn) {
      Connection* const connection = connections.Find(token);
      if (connection == nullptr) continue;
      switch (ReadSome(connection->fd, 64 * 1024, *connection->received)) {
        case Drained::kYes:
          break;
        case Drained::kNotYet:
          unfinished.insert(token);
          break;
        case Drained::kEnded:
          selector.Remove(connection->fd).IgnoreError();
          close(connection->fd);
          connections.Erase(token);
          break;
      }
    }
  }
}
// [end]

// [begin choosing a mode that the backend has]
event_selector::Mode EdgeOrOneshot(const event_selector::Selector& selector) {
  const event_selector::Mode modes = selector.capabilities().modes;
  return modes.contains(event_selector::Mode::kEdge)
             ? event_selector::Mode::kEdge
             : event_selector::Mode::kOneshot;
}
// [end]

class EdgeTest : public testing::Test {
 protected:
  bool HasEdge() const {
    return EdgeOrOneshot(*selector_) == event_selector::Mode::kEdge;
  }

  std::unique_ptr<event_selector::Selector> selector_ =
      event_selector::Selector::Create().value();
};

TEST_F(EdgeTest, EveryConnectionIsReadToItsEnd) {
  if (!HasEdge()) GTEST_SKIP() << "unsupported by capabilities: edge";
  const std::string much(2'000'000, 'z');
  SocketPair pairs[2] = {MakeStreamPair(), MakeStreamPair()};
  std::string received[2];
  event_selector::TokenMap<Connection> connections;
  for (int i = 0; i < 2; ++i) {
    const int fd = pairs[i].a.Release();
    const event_selector::Token token =
        connections.Insert(Connection{fd, &received[i]});
    ASSERT_TRUE(selector_
                    ->Add(fd, token, event_selector::Interest::kReadable,
                          event_selector::Mode::kEdge)
                    .ok());
  }
  std::thread peers([&] {
    for (std::size_t sent = 0; sent < much.size();) {
      if (!AwaitWritable(pairs[0].b.handle(), absl::Seconds(120))) break;
      sent += SendSome(pairs[0].b.handle(), much.substr(sent));
    }
    SendAll(pairs[1].b.handle(), "a little");
    for (const SocketPair& pair : pairs) {
      ShutdownSend(pair.b.handle());
      EXPECT_TRUE(AwaitReadable(pair.b.handle(), absl::Seconds(120)));
    }
    selector_->Close();
  });
  EXPECT_TRUE(absl::IsCancelled(ReadAll(*selector_, connections)));
  peers.join();
  EXPECT_EQ(received[0], much);
  EXPECT_EQ(received[1], "a little");
  EXPECT_TRUE(connections.empty());
}

// What lets nobody starve: a budget that is used up leaves the rest, and says
// so.
TEST_F(EdgeTest, ABudgetBoundsATurn) {
  const SocketPair pair = MakeStreamPair();
  SendAll(pair.b.handle(), std::string(10'000, 'x'));
  std::string received;
  EXPECT_EQ(ReadSome(pair.a.handle(), 6'000, received), Drained::kNotYet);
  EXPECT_EQ(received.size(), 6'000u);
  EXPECT_EQ(ReadSome(pair.a.handle(), 6'000, received), Drained::kYes);
  EXPECT_EQ(received.size(), 10'000u);
  ShutdownSend(pair.b.handle());
  EXPECT_EQ(ReadSome(pair.a.handle(), 6'000, received), Drained::kEnded);
}

TEST_F(EdgeTest, ModifyReportsAgainWhatWasLeft) {
  if (!HasEdge()) GTEST_SKIP() << "unsupported by capabilities: edge";
  const SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(selector_
                  ->Add(pair.a.handle(), event_selector::Token(1),
                        event_selector::Interest::kReadable,
                        event_selector::Mode::kEdge)
                  .ok());
  SendAll(pair.b.handle(), "left unread");
  event_selector::Event events[8];
  for (int i = 0; i < 2; ++i) {
    const auto ready =
        selector_->Wait(absl::MakeSpan(events), absl::Seconds(120));
    ASSERT_TRUE(ready.ok()) << ready.status();
    EXPECT_EQ(ready->size(), 1u);
    ASSERT_TRUE(selector_
                    ->Modify(pair.a.handle(), event_selector::Token(1),
                             event_selector::Interest::kReadable,
                             event_selector::Mode::kEdge)
                    .ok());
  }
}

TEST_F(EdgeTest, TheModeThatIsChosenIsTaken) {
  const SocketPair pair = MakeStreamPair();
  EXPECT_TRUE(selector_
                  ->Add(pair.a.handle(), event_selector::Token(1),
                        event_selector::Interest::kReadable,
                        EdgeOrOneshot(*selector_))
                  .ok());
}

}  // namespace
