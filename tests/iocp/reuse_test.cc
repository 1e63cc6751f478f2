// SOCKET values that name another object, and registrations that go while polls
// of theirs are under way: where backends over AFD went wrong.

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReuseTest : public ContractTest {
 protected:
  // A pair whose first socket has the value `handle`, which was just closed. Of
  // UDP: of a TCP pair, a listener that nobody sees takes the first value.
  // Others that come instead are kept open until the value comes.
  SocketPair MakePairAt(Handle handle) {
    for (int i = 0; i < 64; ++i) {
      SocketPair pair = MakeUdpPair();
      if (pair.a.handle() == handle) return pair;
      others_.push_back(std::move(pair));
    }
    ADD_FAILURE() << "no other socket gets the value " << handle;
    return SocketPair();
  }

 private:
  std::vector<SocketPair> others_;
};
EVENT_INSTANTIATE_CONTRACT(ReuseTest);

// wepoll#34: the report that the old socket was closed comes when the value is
// registered again already, and must not end the new registration.
TEST_P(ReuseTest, TheEndOfTheOldSocketDoesNotEndTheNewRegistration) {
  for (int round = 0; round < 10; ++round) {
    SocketPair old = MakeUdpPair();
    const Handle handle = old.a.handle();
    ASSERT_THAT(selector().Add(handle, Token(1), Interest::kReadable), IsOk());
    EXPECT_THAT(Poll(), IsEmpty());  // Now it has a poll.
    old.a.Close();
    SocketPair pair = MakePairAt(handle);
    ASSERT_TRUE(pair.a.valid());
    ASSERT_THAT(selector().Add(handle, Token(2), Interest::kReadable), IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(pair.b.handle(), "x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(2, Readiness::kReadable)));
    EXPECT_THAT(selector().Remove(handle), IsOk());
  }
}

// The same after Remove: the old poll's packet is still to come.
TEST_P(ReuseTest, TheOldPollDoesNotReportForTheNewRegistration) {
  for (int round = 0; round < 10; ++round) {
    SocketPair old = MakeUdpPair();
    const Handle handle = old.a.handle();
    ASSERT_THAT(selector().Add(handle, Token(1), Interest::kReadable), IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(old.b.handle(), "x");
    ASSERT_TRUE(AwaitReadable(handle, kForSure));
    ASSERT_THAT(selector().Remove(handle), IsOk());
    old.a.Close();
    SocketPair pair = MakePairAt(handle);
    ASSERT_TRUE(pair.a.valid());
    ASSERT_THAT(selector().Add(handle, Token(2), Interest::kReadable), IsOk());
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    EXPECT_THAT(selector().Remove(handle), IsOk());
  }
}

// Nothing was asked of the kernel yet, so that only the sockets themselves tell
// that they are not the same.
TEST_P(ReuseTest, AValueThatNamesAnotherSocketCanBeAdded) {
  SocketPair old = MakeUdpPair();
  const Handle handle = old.a.handle();
  ASSERT_THAT(selector().Add(handle, Token(1), Interest::kWritable), IsOk());
  old.a.Close();
  SocketPair pair = MakePairAt(handle);
  ASSERT_TRUE(pair.a.valid());
  ASSERT_THAT(selector().Add(handle, Token(2), Interest::kWritable), IsOk());
  EXPECT_THAT(selector().Add(handle, Token(3), Interest::kWritable),
              HasCode(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(2, Readiness::kWritable)));
}

// A socket is the same one after it was connected.
TEST_P(ReuseTest, AConnectedSocketIsStillRegistered) {
  const Listener listener = MakeListener();
  const Socket socket = StartConnect(listener.port);
  ASSERT_THAT(selector().Add(socket.handle(), Token(1), Interest::kWritable),
              IsOk());
  ASSERT_TRUE(AwaitWritable(socket.handle(), kForSure));
  EXPECT_THAT(selector().Add(socket.handle(), Token(2), Interest::kWritable),
              HasCode(absl::StatusCode::kAlreadyExists));
}

// wepoll#35: with a waiter, remove and add again what is oneshot.
TEST_P(ReuseTest, RemovedAndAddedAgainWhileAnotherWaits) {
  if (!TakesAnyThread()) GTEST_SKIP() << "W6: waits in several threads";
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(handle, kForSure));
  for (int round = 0; round < 20; ++round) {
    ASSERT_THAT(
        selector().Add(handle, Token(1), Interest::kPriority, Mode::kOneshot),
        IsOk());
    WaitingThread waiter(selector());
    ASSERT_THAT(selector().Remove(handle), IsOk());
    ASSERT_THAT(
        selector().Add(handle, Token(2), Interest::kReadable, Mode::kOneshot),
        IsOk());
    EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(2, Readiness::kReadable)));
    ASSERT_THAT(selector().Remove(handle), IsOk());
  }
}

// The other way round: the event is not one of the registration that went.
TEST_P(ReuseTest, AWideningModifyWhileAnotherWaits) {
  if (!TakesAnyThread()) GTEST_SKIP() << "W6: waits in several threads";
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  ASSERT_THAT(selector().Add(handle, Token(1), Interest::kReadable), IsOk());
  for (int round = 0; round < 20; ++round) {
    ASSERT_THAT(
        selector().Modify(handle, Token(1), Interest::kReadable, Mode::kLevel),
        IsOk());
    WaitingThread waiter(selector());
    ASSERT_THAT(selector().Modify(handle, Token(2),
                                  Interest::kReadable | Interest::kWritable,
                                  Mode::kLevel),
                IsOk());
    EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(2, Readiness::kWritable)));
  }
}

// What came before the call that waits may hold no more.
TEST_P(ReuseTest, APacketThatIsOldIsNotBelieved) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  ASSERT_THAT(selector().Add(handle, Token(1), Interest::kReadable), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(handle, kForSure));
  EXPECT_EQ(Drain(handle), "x");
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  SendAll(pair.b.handle(), "y");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

// A FIN is no news to who does not ask for it: the wait must not spin on it,
// and must still see what else comes.
TEST_P(ReuseTest, AParkedSocketSleepsThroughAFin) {
  SocketPair pair = MakeTcpPair();
  const Handle handle = pair.a.handle();
  ASSERT_THAT(selector().Add(handle, Token(1), Interest::kNone), IsOk());
  ShutdownSend(pair.b.handle());
  ASSERT_TRUE(AwaitReadable(handle, kForSure));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_THAT(Poll(), IsEmpty());
  Reset(std::move(pair.b));
  // Under Wine a reset behind a FIN is not seen.
  for (const Event& event : WaitFor(kAMoment)) {
    EXPECT_THAT(event, IsEventWith(1, Readiness::kHangup));
  }
  ASSERT_THAT(
      selector().Modify(handle, Token(2), Interest::kReadClosed, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(2, Readiness::kReadClosed)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
