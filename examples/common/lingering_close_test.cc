#include "examples/common/lingering_close.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "examples/common/descriptor.h"
#include "examples/common/process.h"
#include "examples/common/socket_calls.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/support/sending_client.h"
#include "tests/support/socket.h"

namespace examples {
namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::Backend;
using event_selector::testing::BackendsUnderTest;
using event_selector::testing::MakeTcpPair;
using event_selector::testing::SendAll;
using event_selector::testing::SendingClient;
using event_selector::testing::Socket;
using event_selector::testing::SocketPair;

constexpr std::chrono::seconds kForever(120);
// More than the kernels take at once.
constexpr std::size_t kAnswer = std::size_t{16} << 20;

class LingeringCloseTest : public testing::TestWithParam<Backend> {
 protected:
  static void SetUpTestSuite() { PrepareProcess(); }

  // The server's end of a connection.
  static Descriptor Take(Socket socket) { return Descriptor(socket.Release()); }

  std::unique_ptr<event_selector::Selector> selector_ =
      GetParam().create().value();
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LingeringCloseTest);
INSTANTIATE_TEST_SUITE_P(Backends, LingeringCloseTest,
                         testing::ValuesIn(BackendsUnderTest()),
                         testing::PrintToStringParamName());

// What it is for: this client loses a part of its answer.
TEST_P(LingeringCloseTest, ToCloseWithUnreadInputLosesTheAnswer) {
  SocketPair pair = MakeTcpPair();
  Descriptor server = Take(std::move(pair.a));
  SendingClient client(std::move(pair.b));
  ASSERT_TRUE(AwaitReadable(server.get(), absl::FromChrono(kForever)));
  const std::string answer(kAnswer, 'a');
  ASSERT_GT(Send(server.get(), answer.data(), answer.size()), 0);
  server = Descriptor();
  const SendingClient::Outcome outcome = client.Join();
  EXPECT_FALSE(outcome.saw_end);
  EXPECT_NE(outcome.error, 0);
}

TEST_P(LingeringCloseTest, AClientThatIsStillSendingGetsItsAnswer) {
  SocketPair pair = MakeTcpPair();
  Descriptor server = Take(std::move(pair.a));
  SendingClient client(std::move(pair.b));
  ASSERT_TRUE(AwaitReadable(server.get(), absl::FromChrono(kForever)));
  LingeringClose::Limits limits;
  limits.quiet = limits.total = kForever;
  LingeringClose closing(*selector_, limits);
  closing.Add(std::move(server), std::string(kAnswer, 'a'));
  EXPECT_EQ(closing.size(), 1u);
  closing.Drain();
  EXPECT_EQ(closing.size(), 0u);
  const SendingClient::Outcome outcome = client.Join();
  EXPECT_TRUE(outcome.saw_end) << outcome.error;
  EXPECT_EQ(outcome.received, kAnswer);
}

TEST_P(LingeringCloseTest, InALoopItTakesItsOwnEventsAndNoOthers) {
  SocketPair pair = MakeTcpPair();
  LingeringClose closing(*selector_);
  EXPECT_FALSE(closing.Handle(
      {event_selector::Token(0), event_selector::Readiness::kReadable}));
  EXPECT_FALSE(closing.Handle({event_selector::Token(std::uint64_t{1} << 32),
                               event_selector::Readiness::kReadable}));
  EXPECT_EQ(closing.Timeout(), absl::InfiniteDuration());
  closing.Add(Take(std::move(pair.a)), "bye");
  EXPECT_FALSE(closing.CloseDue());
  SendAll(pair.b.handle(), "what is thrown away");
  ASSERT_TRUE(AwaitReadable(pair.b.handle(), absl::FromChrono(kForever)));
  EXPECT_EQ(event_selector::testing::Drain(pair.b.handle()), "bye");
  pair.b.Close();
  event_selector::Event last;
  while (closing.size() > 0) {
    std::array<event_selector::Event, 4> room;
    const auto ready =
        selector_->Wait(absl::MakeSpan(room), absl::FromChrono(kForever));
    ASSERT_TRUE(ready.ok()) << ready.status();
    for (const event_selector::Event& event : *ready) {
      EXPECT_TRUE(closing.Handle(event));
      last = event;
    }
  }
  EXPECT_TRUE(closing.CloseDue());
  EXPECT_FALSE(closing.CloseDue());
  EXPECT_TRUE(closing.Handle(last)) << "late, and still its own";
}

TEST_P(LingeringCloseTest, AWakeUpEndsNothing) {
  SocketPair pair = MakeTcpPair();
  LingeringClose closing(*selector_);
  closing.Add(Take(std::move(pair.a)), "bye");
  ASSERT_TRUE(selector_->Wake().ok());
  SendingClient client(std::move(pair.b));
  closing.Drain();
  const SendingClient::Outcome outcome = client.Join();
  EXPECT_TRUE(outcome.saw_end) << outcome.error;
  EXPECT_EQ(outcome.received, 3u);
}

}  // namespace
}  // namespace examples
