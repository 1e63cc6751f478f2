// Closing connections so that nothing is lost, as docs/guide.md shows it.

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
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
#include "tests/contract/backends.h"
#include "tests/support/sending_client.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::Backend;
using event_selector::testing::BackendsUnderTest;
using event_selector::testing::FillSendBuffer;
using event_selector::testing::MakeTcpPair;
using event_selector::testing::SendingClient;
using event_selector::testing::SocketPair;

// [begin a lingering close]
// Instead of close(), when all output was given to send(): the client reads to
// the end of the stream.
absl::Status BeginToClose(event_selector::Selector& selector, int fd,
                          event_selector::Token token) {
  shutdown(fd, SHUT_WR);
  return selector.Modify(fd, token, event_selector::Interest::kReadable,
                         event_selector::Mode::kLevel);
}

// With each event from then on. Returns whether it is time for close().
bool DiscardInput(int fd) {
  char thrown_away[16 * 1024];
  const ssize_t size = read(fd, thrown_away, sizeof(thrown_away));
  return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}
// [end]

// [begin closing all connections]
// Closes connections whose token is their descriptor: each when its client has
// closed it, too, and at the latest after `limit`.
absl::Status CloseAll(event_selector::Selector& selector,
                      std::set<int> connections, absl::Duration limit) {
  using Clock = std::chrono::steady_clock;
  absl::Status status;
  for (const int fd : connections) {
    status.Update(BeginToClose(selector, fd, event_selector::Token(fd)));
  }
  const auto close_one = [&](int fd) {
    selector.Remove(fd).IgnoreError();
    close(fd);
    connections.erase(fd);
  };
  const Clock::time_point give_up =
      Clock::now() + absl::ToChronoNanoseconds(limit);
  while (status.ok() && !connections.empty() && Clock::now() < give_up) {
    event_selector::Event events[64];
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events),
                      absl::FromChrono(give_up - Clock::now()));
    status = ready.status();
    if (!status.ok()) break;
    for (const event_selector::Event& event : *ready) {
      const int fd = static_cast<int>(event.token.value());
      if (DiscardInput(fd)) close_one(fd);
    }
  }
  while (!connections.empty()) close_one(*connections.begin());
  return status;
}
// [end]

class ClosingTest : public testing::TestWithParam<Backend> {
 protected:
  // A connection that is registered under its descriptor.
  int Register(event_selector::testing::Socket socket) {
    const int fd = socket.Release();
    EXPECT_TRUE(selector_
                    ->Add(fd, event_selector::Token(fd),
                          event_selector::Interest::kReadable)
                    .ok());
    return fd;
  }

  std::unique_ptr<event_selector::Selector> selector_ =
      GetParam().create().value();
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ClosingTest);
INSTANTIATE_TEST_SUITE_P(Backends, ClosingTest,
                         testing::ValuesIn(BackendsUnderTest()),
                         testing::PrintToStringParamName());

TEST_P(ClosingTest, ClientsThatAreStillSendingGetAllThatWasSent) {
  SocketPair one = MakeTcpPair();
  SocketPair two = MakeTcpPair();
  const int first = Register(std::move(one.a));
  const int second = Register(std::move(two.a));
  // More than the client has room for: a part waits on the server's side.
  const std::size_t sent = FillSendBuffer(first);
  SendingClient sending(std::move(one.b));
  SendingClient another(std::move(two.b));
  ASSERT_TRUE(AwaitReadable(first, absl::Seconds(120))) << "unread input";
  ASSERT_TRUE(CloseAll(*selector_, {first, second}, absl::Seconds(120)).ok());
  const SendingClient::Outcome outcome = sending.Join();
  EXPECT_TRUE(outcome.saw_end) << outcome.error;
  EXPECT_EQ(outcome.received, sent);
  EXPECT_TRUE(another.Join().saw_end);
}

TEST_P(ClosingTest, AClientThatNeverClosesIsGivenUp) {
  SocketPair pair = MakeTcpPair();
  const int fd = Register(std::move(pair.a));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(CloseAll(*selector_, {fd}, absl::Milliseconds(20)).ok());
  EXPECT_GE(std::chrono::steady_clock::now() - begin,
            std::chrono::milliseconds(20));
  ASSERT_TRUE(AwaitReadable(pair.b.handle(), absl::Seconds(120)));
  EXPECT_EQ(event_selector::testing::TryRead(pair.b.handle(), 1).kind,
            event_selector::testing::ReadResult::Kind::kEndOfStream);
}

TEST_P(ClosingTest, AClosedSelectorClosesAtOnce) {
  SocketPair pair = MakeTcpPair();
  const int fd = Register(std::move(pair.a));
  selector_->Close();
  EXPECT_TRUE(
      absl::IsCancelled(CloseAll(*selector_, {fd}, absl::Seconds(120))));
}

}  // namespace
