// M1 to M4 and M6 of the contract: how often a condition is reported.

#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;

class ModesContract : public ContractTest {
 protected:
  // Sends to the watched socket, and lets it arrive.
  void Send(absl::string_view data) {
    SendAll(pair_.b.handle(), data);
    ASSERT_TRUE(AwaitReadable(handle(), kForSure));
  }
  Handle handle() const { return pair_.a.handle(); }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(ModesContract);

TEST_P(ModesContract, M1LevelIsReportedWhileTheConditionHolds) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  Send("ab");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
  }
  EXPECT_EQ(TryRead(handle(), 1).data, "a");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_EQ(Drain(handle()), "b");
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
}

TEST_P(ModesContract, M1LevelWritableEndsWhenTheBufferIsFull) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kWritable), IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
  FillSendBuffer(handle());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  Drain(pair_.b.handle());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
}

TEST_P(ModesContract, M2EdgeReportsAConditionThatHeldBeforeAdd) {
  EVENT_REQUIRE(Mode::kEdge);
  Send("x");
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kReadable, Mode::kEdge),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty()) << "the data are still unread";
}

TEST_P(ModesContract, M2EdgeReportsEachLaterChangeToReady) {
  EVENT_REQUIRE(Mode::kEdge);
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kReadable, Mode::kEdge),
      IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  for (int i = 0; i < 100; ++i) {
    Send("x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_EQ(Drain(handle()), "x");
  }
}

TEST_P(ModesContract, M2EdgeReportsWritableAfterTheBufferWasFull) {
  EVENT_REQUIRE(Mode::kEdge);
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kWritable, Mode::kEdge),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  FillSendBuffer(handle());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  Drain(pair_.b.handle());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
}

TEST_P(ModesContract, M2ModifyReportsAConditionThatHoldsAgain) {
  EVENT_REQUIRE(Mode::kEdge);
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kReadable, Mode::kEdge),
      IsOk());
  Send("x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_THAT(
      selector().Modify(handle(), Token(2), Interest::kReadable, Mode::kEdge),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(2, Readiness::kReadable)));
  EXPECT_THAT(Poll(), IsEmpty());
}

// Data that arrive while the reader is between its last read and `Wait` are the
// classic loss.
TEST_P(ModesContract, M2NoEdgeIsLostWhileTheReaderDrains) {
  EVENT_REQUIRE(Mode::kEdge);
  constexpr std::size_t kBytes = 20000;
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kReadable, Mode::kEdge),
      IsOk());
  std::thread sender([this] {
    for (std::size_t sent = 0; sent < kBytes;) {
      const std::size_t count = SendSome(pair_.b.handle(), "x");
      if (count == 0) std::this_thread::yield();
      sent += count;
    }
  });
  std::size_t received = 0;
  while (received < kBytes) {
    const std::vector<Event> events = WaitFor(kForSure);
    if (events.empty()) break;
    received += Drain(handle()).size();
  }
  EXPECT_EQ(received, kBytes);
  sender.join();
}

class OneshotContract : public ModesContract {
 protected:
  // M4: Edge|Oneshot is as Oneshot. Calls `test` with each of them and a fresh
  // pair.
  template <typename Test>
  void ForEachOneshotMode(const Test& test) {
    for (const Mode mode : {Mode::kOneshot, Mode::kEdge | Mode::kOneshot}) {
      if (!Supports(mode)) {
        RecordUnsupported(mode == Mode::kOneshot ? "M3" : "M4", mode);
        continue;
      }
      SCOPED_TRACE(mode);
      pair_ = MakeStreamPair();
      test(mode);
    }
  }
};
EVENT_INSTANTIATE_CONTRACT(OneshotContract);

TEST_P(OneshotContract, M3M4AtMostOneEventUntilModify) {
  if (GetParam().is_io_uring) {
    for (const char* const clause : {"M3", "M4"}) {
      RecordLimit(clause, "an event may tell what has ended since");
    }
  }
  ForEachOneshotMode([this](Mode mode) {
    ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable, mode),
                IsOk());
    Send("x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    Send("y");
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    EXPECT_EQ(Drain(handle()), "xy");
    Send("z");
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    // The condition holds: reported at once.
    ASSERT_THAT(
        selector().Modify(handle(), Token(2), Interest::kReadable, mode),
        IsOk());
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(2, Readiness::kReadable)));
    EXPECT_THAT(Poll(), IsEmpty());
  });
}

TEST_P(OneshotContract, M3M4RearmedBeforeTheConditionHolds) {
  ForEachOneshotMode([this](Mode mode) {
    ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable, mode),
                IsOk());
    for (int i = 0; i < 10; ++i) {
      EXPECT_THAT(Poll(), IsEmpty());
      Send("x");
      EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
      Drain(handle());
      ASSERT_THAT(
          selector().Modify(handle(), Token(1), Interest::kReadable, mode),
          IsOk());
    }
  });
}

TEST_P(OneshotContract, M3M4ASpentRegistrationStaysRegistered) {
  ForEachOneshotMode([this](Mode mode) {
    ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kWritable, mode),
                IsOk());
    EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
    EXPECT_THAT(selector().Add(handle(), Token(2), Interest::kWritable, mode),
                HasCode(absl::StatusCode::kAlreadyExists));
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_THAT(selector().Remove(handle()), IsOk());
    EXPECT_THAT(selector().Remove(handle()),
                HasCode(absl::StatusCode::kNotFound));
  });
}

TEST_P(OneshotContract, M3M4BothDirectionsAreDisarmedTogether) {
  ForEachOneshotMode([this](Mode mode) {
    FillSendBuffer(handle());
    ASSERT_THAT(selector().Add(handle(), Token(1), kBoth, mode), IsOk());
    Send("x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    Drain(pair_.b.handle());  // Now it is writable, too.
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    ASSERT_THAT(selector().Modify(handle(), Token(1), kBoth, mode), IsOk());
    EXPECT_THAT(
        WaitFor(kForSure),
        ElementsAre(IsEvent(1, Readiness::kReadable | Readiness::kWritable)));
  });
}

TEST_P(OneshotContract, M3M4ASpentRegistrationIsSilentOnHangup) {
  ForEachOneshotMode([this](Mode mode) {
    ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kWritable, mode),
                IsOk());
    EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
    HangUp(std::move(pair_.b));
    ASSERT_TRUE(AwaitReadable(handle(), kForSure));
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    ASSERT_THAT(
        selector().Modify(handle(), Token(2), Interest::kReadable, mode),
        IsOk());
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEventWith(2, Readiness::kHangup)));
  });
}

TEST_P(ModesContract, M6KeepAwakeReportsAsWithoutIt) {
  EVENT_REQUIRE(Mode::kKeepAwake);
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kReadable, Mode::kKeepAwake),
      IsOk());
  Send("x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  ASSERT_THAT(selector().Modify(handle(), Token(1), Interest::kReadable,
                                Mode::kKeepAwake | Mode::kOneshot),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ModesContract, WhatCapabilitiesDoNotListIsRefusedByName) {
  for (const Mode mode :
       {Mode::kEdge, Mode::kOneshot, Mode::kExclusive, Mode::kKeepAwake}) {
    if (Supports(mode)) continue;
    const absl::Status status =
        selector().Add(handle(), Token(1), Interest::kReadable, mode);
    EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(std::string(selector().name())));
    EXPECT_THAT(std::string(status.message()), HasSubstr(mode.ToString()));
  }
  for (const Interest interest : {Interest::kPriority, Interest::kReadClosed}) {
    if (Supports(interest)) continue;
    const absl::Status status =
        selector().Add(handle(), Token(1), interest, Mode::kLevel);
    EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
    EXPECT_THAT(std::string(status.message()), HasSubstr(interest.ToString()));
  }
  EXPECT_THAT(selector().Remove(handle()),
              HasCode(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
