#include "examples/chat_server/outbox.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace examples {
namespace chat {
namespace {

using event_selector::testing::Drain;
using event_selector::testing::FillSendBuffer;
using event_selector::testing::MakeTcpPair;
using event_selector::testing::SocketPair;

Message MakeMessage(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

TEST(OutboxTest, SendsInOrder) {
  const SocketPair pair = MakeTcpPair();
  Outbox outbox(1000);
  EXPECT_TRUE(outbox.Add(MakeMessage("one,")));
  EXPECT_TRUE(outbox.Add(MakeMessage("two")));
  EXPECT_FALSE(outbox.empty());
  EXPECT_TRUE(outbox.Send(pair.a.handle()));
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0u);
  EXPECT_EQ(Drain(pair.b.handle()), "one,two");
}

TEST(OutboxTest, SharesMessagesAndLetsThemGo) {
  const SocketPair pair = MakeTcpPair();
  Outbox one(1000);
  Outbox two(1000);
  const Message message = MakeMessage("hello");
  EXPECT_TRUE(one.Add(message));
  EXPECT_TRUE(two.Add(message));
  EXPECT_EQ(message.use_count(), 3);
  EXPECT_TRUE(one.Send(pair.a.handle()));
  EXPECT_EQ(message.use_count(), 2);
}

TEST(OutboxTest, IsBounded) {
  constexpr std::size_t kMax = 10 * (Outbox::kOverhead + 1);
  Outbox outbox(kMax);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(outbox.Add(MakeMessage("x")));
  EXPECT_EQ(outbox.bytes(), kMax);
  const Message refused = MakeMessage("");
  EXPECT_FALSE(outbox.Add(refused));
  EXPECT_EQ(outbox.bytes(), kMax);
  EXPECT_EQ(refused.use_count(), 1);
}

TEST(OutboxTest, TakesOneMessageOfAnySizeWhileItIsEmpty) {
  Outbox outbox(1);
  EXPECT_TRUE(outbox.Add(MakeMessage("hello")));
  EXPECT_FALSE(outbox.Add(MakeMessage("")));
}

TEST(OutboxTest, GoesOnWhereItHasStopped) {
  const SocketPair pair = MakeTcpPair();
  // No kernel takes it at once, so that it leaves in parts.
  const std::string large(std::size_t{64} << 20, 'y');
  Outbox outbox(std::size_t{1} << 30);
  EXPECT_TRUE(outbox.Add(MakeMessage(large)));
  EXPECT_TRUE(outbox.Add(MakeMessage("the end")));
  std::size_t sends = 0;
  std::string received;
  while (received.size() < large.size() + 7) {
    ASSERT_TRUE(outbox.Send(pair.a.handle()));
    ++sends;
    ASSERT_TRUE(event_selector::testing::AwaitReadable(pair.b.handle(),
                                                       absl::Seconds(120)));
    received += Drain(pair.b.handle());
  }
  EXPECT_GT(sends, 1u);
  EXPECT_TRUE(outbox.empty());
  EXPECT_TRUE(received == large + "the end");
}

TEST(OutboxTest, KeepsWhatIsNotSent) {
  const SocketPair pair = MakeTcpPair();
  FillSendBuffer(pair.a.handle());
  Outbox outbox(1000);
  EXPECT_TRUE(outbox.Add(MakeMessage("hello")));
  EXPECT_TRUE(outbox.Send(pair.a.handle()));
  EXPECT_EQ(outbox.bytes(), 5 + Outbox::kOverhead);
}

TEST(OutboxTest, GivesUpWhatIsNotSent) {
  const SocketPair pair = MakeTcpPair();
  const std::string large(std::size_t{64} << 20, 'y');
  Outbox outbox(std::size_t{1} << 30);
  EXPECT_TRUE(outbox.Add(MakeMessage(large)));
  EXPECT_TRUE(outbox.Add(MakeMessage("the end")));
  ASSERT_TRUE(outbox.Send(pair.a.handle()));
  const std::string rest = outbox.TakeRest();
  EXPECT_LT(rest.size(), large.size());
  EXPECT_EQ(rest.substr(rest.size() - 8), "ythe end");
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0u);
  EXPECT_EQ(outbox.TakeRest(), "");
}

TEST(OutboxTest, TellsThatTheConnectionIsBroken) {
  SocketPair pair = MakeTcpPair();
  event_selector::testing::Reset(std::move(pair.b));
  ASSERT_TRUE(event_selector::testing::AwaitReadable(pair.a.handle(),
                                                     absl::Seconds(120)));
  Outbox outbox(1000);
  EXPECT_TRUE(outbox.Add(MakeMessage("hello")));
  EXPECT_FALSE(outbox.Send(pair.a.handle()));
}

}  // namespace
}  // namespace chat
}  // namespace examples
