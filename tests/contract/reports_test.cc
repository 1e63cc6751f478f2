// P1 to P4 of the contract: which readiness tells what.

#include <utility>
#include <vector>

#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/support/socket.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReportsContract : public ContractTest {
 protected:
  // Registers one side of a fresh TCP connection under the token 1.
  void Watch(Interest interest) {
    pair_ = MakeTcpPair();
    ASSERT_THAT(selector().Add(handle(), Token(1), interest), IsOk());
  }
  Handle handle() const { return pair_.a.handle(); }

  // The one event that comes now, after what just happened has arrived.
  Readiness Report() {
    EXPECT_TRUE(AwaitReadable(handle(), kForSure));
    const std::vector<Event> events = WaitFor(kForSure);
    EXPECT_THAT(events, ElementsAre(HasToken(1)));
    return events.empty() ? Readiness() : events.front().readiness;
  }

  // The first event that reports `wanted`. What the peer does in two steps may
  // come in two, where loopback is not synchronous: with BSDs it is not.
  Readiness ReportWith(Readiness wanted) {
    const Stopwatch stopwatch;
    for (;;) {
      const Readiness report = Report();
      if (report.contains(wanted)) return report;
      if (stopwatch.Elapsed() > kForSure || HasFailure()) return report;
    }
  }

  SocketPair pair_;
};
EVENT_INSTANTIATE_CONTRACT(ReportsContract);

TEST_P(ReportsContract, P1PeerShutDownItsSendingSide) {
  EVENT_REQUIRE(Interest::kReadClosed);
  Watch(Interest::kReadClosed);
  EXPECT_THAT(Poll(), IsEmpty());
  ShutdownSend(pair_.b.handle());
  EXPECT_EQ(Report(), Readiness::kReadClosed);
}

TEST_P(ReportsContract, P1AReaderIsToldOfTheEndOfTheStream) {
  Watch(Interest::kReadable);
  ShutdownSend(pair_.b.handle());
  EXPECT_EQ(Report(), Readiness::kReadable);  // kReadClosed was not asked for.
  EXPECT_EQ(TryRead(handle(), 1).kind, ReadResult::Kind::kEndOfStream);
}

TEST_P(ReportsContract, P1BothAreReportedWhenBothAreAskedFor) {
  EVENT_REQUIRE(Interest::kReadClosed);
  Watch(Interest::kReadable | Interest::kReadClosed);
  SendAll(pair_.b.handle(), "last words");
  ShutdownSend(pair_.b.handle());
  if (RunsUnderWine()) {
    // Which sees the end of the stream only once the data are read.
    EXPECT_EQ(Report(), Readiness::kReadable);
    EXPECT_EQ(TryRead(handle(), 64).data, "last words");
    EXPECT_EQ(Report(), Readiness::kReadable | Readiness::kReadClosed);
  } else {
    EXPECT_EQ(ReportWith(Readiness::kReadClosed),
              Readiness::kReadable | Readiness::kReadClosed);
    EXPECT_EQ(TryRead(handle(), 64).data, "last words");
  }
  EXPECT_EQ(TryRead(handle(), 64).kind, ReadResult::Kind::kEndOfStream);
}

TEST_P(ReportsContract, P1AHalfClosedSocketIsStillWritable) {
  Watch(Interest::kReadable | Interest::kWritable);
  ShutdownSend(pair_.b.handle());
  EXPECT_EQ(Report(), Readiness::kReadable | Readiness::kWritable);
  SendAll(handle(), "answer");
  ASSERT_TRUE(AwaitReadable(pair_.b.handle(), kForSure));
  EXPECT_EQ(TryRead(pair_.b.handle(), 64).data, "answer");
}

TEST_P(ReportsContract, P2BothDirectionsAreClosed) {
  Watch(Interest::kReadable);
  ShutdownSend(pair_.b.handle());
  ShutdownSend(handle());
  const Readiness report = ReportWith(Readiness::kHangup);
  EXPECT_TRUE(report.hangup()) << report;
  EXPECT_TRUE(report.readable()) << report;
  EXPECT_FALSE(report.error()) << report;
}

TEST_P(ReportsContract, P2AResetIsAHangupWithAnError) {
  Watch(Interest::kReadable | Interest::kReadClosed);
  Reset(std::move(pair_.b));
  const Readiness report = Report();
  EXPECT_TRUE(report.hangup()) << report;
  // The error is there to be fetched exactly if it was reported.
  EXPECT_EQ(report.error(), IsConnectionReset(TakeSocketError(handle())));
}

TEST_P(ReportsContract, P3ARefusedConnection) {
  const UnusedPort unused = UnusedTcpPort();
  const Socket socket = StartConnect(unused.port);
  ASSERT_THAT(selector().Add(socket.handle(), Token(1), Interest::kWritable),
              IsOk());
  const std::vector<Event> events = WaitFor(kForSure);
  ASSERT_THAT(events, ElementsAre(IsEventWith(1, Readiness::kWritable)));
  const Readiness report = events.front().readiness;
  EXPECT_TRUE(report.error() || report.hangup()) << report;
  EXPECT_TRUE(IsConnectionRefused(TakeSocketError(socket.handle())));
}

TEST_P(ReportsContract, P3AnEstablishedConnectionIsWritableOnly) {
  const Listener listener = MakeListener();
  const Socket socket = StartConnect(listener.port);
  ASSERT_TRUE(AwaitWritable(socket.handle(), kForSure));
  ASSERT_THAT(selector().Add(socket.handle(), Token(1),
                             Interest::kReadable | Interest::kWritable),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
  EXPECT_EQ(TakeSocketError(socket.handle()), 0);
}

TEST_P(ReportsContract, P3AListenerIsReadableWhenAConnectionWaits) {
  const Listener listener = MakeListener();
  ASSERT_THAT(
      selector().Add(listener.socket.handle(), Token(1), Interest::kReadable),
      IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  const Socket client = StartConnect(listener.port);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_TRUE(TryAccept(listener.socket.handle()).has_value());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ReportsContract, P4OutOfBandDataIsPriority) {
  EVENT_REQUIRE(Interest::kPriority);
  Watch(Interest::kPriority);
  ASSERT_TRUE(SendOutOfBand(pair_.b.handle(), '!'));
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kPriority)));
}

TEST_P(ReportsContract, P4OrdinaryDataIsNoPriority) {
  EVENT_REQUIRE(Interest::kPriority);
  Watch(Interest::kPriority);
  SendAll(pair_.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(handle(), kForSure));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
}

TEST_P(ReportsContract, DatagramsAreReadableAndWritable) {
  SocketPair udp = MakeUdpPair();
  ASSERT_THAT(selector().Add(udp.a.handle(), Token(1),
                             Interest::kReadable | Interest::kWritable),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
  SendAll(udp.b.handle(), "datagram");
  ASSERT_TRUE(AwaitReadable(udp.a.handle(), kForSure));
  EXPECT_THAT(
      WaitFor(kForSure),
      ElementsAre(IsEvent(1, Readiness::kReadable | Readiness::kWritable)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
