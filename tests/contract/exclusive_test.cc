// M5 of the contract: one handle in several selectors.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;

class ExclusiveContract : public ContractTest {
 protected:
  Handle handle() const { return pair_.a.handle(); }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(ExclusiveContract);

TEST_P(ExclusiveContract, M5OneChangeWakesAtLeastOneAndNotAll) {
  EVENT_REQUIRE(Mode::kExclusive);
  constexpr int kSelectors = 4;
  const Listener listener = MakeListener();
  std::vector<std::unique_ptr<Selector>> selectors;
  std::vector<std::unique_ptr<WaitingThread>> waiters;
  for (int i = 0; i < kSelectors; ++i) {
    selectors.push_back(NewSelector());
    ASSERT_THAT(selectors.back()->Add(listener.socket.handle(), Token(1),
                                      Interest::kReadable, Mode::kExclusive),
                IsOk());
    waiters.push_back(std::make_unique<WaitingThread>(*selectors.back()));
  }
  const Socket client = StartConnect(listener.port);
  ASSERT_TRUE(AwaitReadable(listener.socket.handle(), kForSure));
  // Those that the connection woke are on their way. The others sleep on, so
  // wake them: an empty result tells that the connection had not.
  for (const auto& selector : selectors) ASSERT_THAT(selector->Wake(), IsOk());
  int woken = 0;
  for (const auto& waiter : waiters) {
    ASSERT_THAT(waiter->status(), IsOk());
    if (!waiter->events().empty()) ++woken;
  }
  EXPECT_THAT(woken, AllOf(Ge(1), Lt(kSelectors)));
}

TEST_P(ExclusiveContract, M5WhatTheKernelAllows) {
  EVENT_REQUIRE(Mode::kExclusive);
  ASSERT_THAT(selector().Add(handle(), Token(1),
                             Interest::kReadable | Interest::kWritable,
                             Mode::kExclusive | Mode::kEdge),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
  EXPECT_THAT(selector().Remove(handle()), IsOk());
}

TEST_P(ExclusiveContract, M5NotWithOneshot) {
  EVENT_REQUIRE(Mode::kExclusive);
  const absl::Status status =
      selector().Add(handle(), Token(1), Interest::kReadable,
                     Mode::kExclusive | Mode::kOneshot);
  EXPECT_THAT(status, HasCode(kInvalidArgument));
  EXPECT_THAT(std::string(status.message()), HasSubstr("kOneshot"));
}

TEST_P(ExclusiveContract, M5OnlyReadableAndWritable) {
  EVENT_REQUIRE(Mode::kExclusive);
  for (const Interest interest :
       {Interest::kPriority, Interest::kReadClosed,
        Interest::kReadable | Interest::kReadClosed}) {
    const absl::Status status =
        selector().Add(handle(), Token(1), interest, Mode::kExclusive);
    EXPECT_THAT(status, HasCode(kInvalidArgument)) << interest;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("readable and writable"));
  }
}

TEST_P(ExclusiveContract, M5NotByModify) {
  EVENT_REQUIRE(Mode::kExclusive);
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  EXPECT_THAT(selector().Modify(handle(), Token(2), Interest::kReadable,
                                Mode::kExclusive),
              HasCode(kInvalidArgument));
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
}

TEST_P(ExclusiveContract, M5AnExclusiveRegistrationCannotBeModified) {
  EVENT_REQUIRE(Mode::kExclusive);
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kReadable, Mode::kExclusive),
      IsOk());
  const absl::Status status =
      selector().Modify(handle(), Token(2), Interest::kReadable, Mode::kLevel);
  EXPECT_THAT(status, HasCode(kInvalidArgument));
  EXPECT_THAT(std::string(status.message()), HasSubstr("kExclusive"));
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
}

// Nor by a change that would change nothing: whatever is asked for, the answer
// is the same, and the registration stays what it was.
TEST_P(ExclusiveContract, M5AnExclusiveRegistrationRefusesEachModify) {
  EVENT_REQUIRE(Mode::kExclusive);
  for (const Mode added : {Mode::kExclusive, Mode::kExclusive | Mode::kEdge}) {
    ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable, added),
                IsOk());
    for (const Token token : {Token(1), Token(2)}) {
      for (const Interest interest :
           {Interest::kReadable, Interest::kWritable,
            Interest::kReadable | Interest::kWritable, Interest::kNone}) {
        for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot,
                                Mode::kExclusive, added}) {
          const absl::Status status =
              selector().Modify(handle(), token, interest, mode);
          EXPECT_THAT(status, HasCode(kInvalidArgument))
              << added << " to " << token << ", " << interest << ", " << mode;
          EXPECT_THAT(std::string(status.message()), HasSubstr("kExclusive"));
        }
      }
    }
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    Drain(handle());
    EXPECT_THAT(selector().Remove(handle()), IsOk());
    EXPECT_THAT(selector().Remove(handle()),
                HasCode(absl::StatusCode::kNotFound));
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
