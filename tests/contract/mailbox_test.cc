// B1 to B5 of the contract: the mailbox, with the waits of each backend.
// //tests/mailbox has what needs no threads, //tests/stress what needs many.

#include "event/mailbox.h"

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/count_allocations.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MailboxContract : public ContractTest {
 protected:
  std::vector<std::string> Take() {
    std::vector<std::string> items;
    mailbox_.TakeAll(items);
    return items;
  }

  Mailbox<std::string> mailbox_{selector()};
};
EVENT_INSTANTIATE_CONTRACT(MailboxContract);

TEST_P(MailboxContract, B1ItemsOfAThreadComeInOrder) {
  constexpr std::size_t kItems = 1000;
  Mailbox<std::unique_ptr<std::size_t>> mailbox(selector());
  std::thread poster([&] {
    for (std::size_t i = 0; i < kItems; ++i) {
      EXPECT_THAT(mailbox.Post(std::make_unique<std::size_t>(i)), IsOk());
    }
  });
  std::size_t next = 0;
  std::vector<std::unique_ptr<std::size_t>> items;
  while (next < kItems) {
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
    mailbox.TakeAll(items);
    for (const auto& item : items) EXPECT_EQ(*item, next++);
  }
  poster.join();
}

TEST_P(MailboxContract, B2ALoopThatSleepsIsWoken) {
  for (int i = 0; i < 10; ++i) {
    const OnceBlocked poster(
        [this] { EXPECT_THAT(mailbox_.Post("item"), IsOk()); });
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
    EXPECT_THAT(Take(), ElementsAre("item"));
  }
}

TEST_P(MailboxContract, B2WhatWasPostedBeforeTheWaitEndsIt) {
  EXPECT_THAT(mailbox_.Post("one"), IsOk());
  EXPECT_THAT(mailbox_.Post("two"), IsOk());
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  EXPECT_THAT(Take(), ElementsAre("one", "two"));
}

TEST_P(MailboxContract, B2AnEventDoesNotHideAnItem) {
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kWritable),
              IsOk());
  EXPECT_THAT(mailbox_.Post("item"), IsOk());
  EXPECT_THAT(WaitFor(absl::InfiniteDuration(), 1), ElementsAre(HasToken(1)));
  EXPECT_THAT(Take(), ElementsAre("item"));
}

TEST_P(MailboxContract, B3AfterCloseItemsAreRefusedAndNoneIsLost) {
  constexpr std::size_t kItems = 100'000;
  std::size_t accepted = 0;
  Mailbox<std::unique_ptr<std::size_t>> mailbox(selector());
  std::thread poster([&] {
    for (std::size_t i = 0; i < kItems; ++i) {
      auto item = std::make_unique<std::size_t>(i);
      const absl::Status posted = mailbox.Post(std::move(item));
      if (!posted.ok()) {
        EXPECT_THAT(posted, HasCode(absl::StatusCode::kCancelled));
        ASSERT_NE(item, nullptr);
        EXPECT_EQ(*item, i);
        break;
      }
      ++accepted;
    }
  });
  std::vector<std::unique_ptr<std::size_t>> items;
  std::size_t next = 0;
  while (next == 0) {
    EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
    mailbox.TakeAll(items);
    for (const auto& item : items) EXPECT_EQ(*item, next++);
  }
  mailbox.Close();
  mailbox.TakeAll(items);
  for (const auto& item : items) EXPECT_EQ(*item, next++);
  poster.join();
  EXPECT_EQ(next, accepted);
}

TEST_P(MailboxContract, B3AClosedSelectorLosesNothing) {
  EXPECT_THAT(mailbox_.Post("before"), IsOk());
  selector().Close();
  EXPECT_THAT(Take(), ElementsAre("before"));
  EXPECT_THAT(mailbox_.Post("after"), IsOk());
  EXPECT_THAT(Take(), ElementsAre("after"));
}

// A selector whose `Wake` the system rejects, while `fails`.
class WithFailingWake : public Selector {
 public:
  explicit WithFailingWake(Selector& selector) : selector_(selector) {}
  bool fails = false;

  using Selector::Add;
  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override {
    return selector_.Add(handle, token, interest, mode);
  }
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override {
    return selector_.Modify(handle, token, interest, mode);
  }
  absl::Status Remove(Handle handle) override {
    return selector_.Remove(handle);
  }
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override {
    return selector_.Wait(events, timeout);
  }
  absl::Status Wake() override {
    return fails ? absl::InternalError("") : selector_.Wake();
  }
  void Close() override { selector_.Close(); }
  absl::string_view name() const override { return selector_.name(); }
  Capabilities capabilities() const override {
    return selector_.capabilities();
  }

 private:
  Selector& selector_;
};

TEST_P(MailboxContract, B4AWakeUpThatFailsIsToldAndTheItemIsThere) {
  WithFailingWake failing(selector());
  Mailbox<std::string> mailbox(failing);
  failing.fails = true;
  EXPECT_THAT(mailbox.Post("one"), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  std::vector<std::string> items;
  mailbox.TakeAll(items);
  EXPECT_THAT(items, ElementsAre("one"));

  EXPECT_THAT(mailbox.Post("two"), HasCode(absl::StatusCode::kUnavailable));
  failing.fails = false;
  const OnceBlocked poster(
      [&mailbox] { EXPECT_THAT(mailbox.Post("three"), IsOk()); });
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  mailbox.TakeAll(items);
  EXPECT_THAT(items, ElementsAre("two", "three"));
}

TEST_P(MailboxContract, B5NoMemoryIsAllocatedOnceThereIsEnough) {
  Mailbox<std::unique_ptr<int>> mailbox(selector());
  std::vector<std::unique_ptr<int>> items;
  std::vector<Event> events(4);
  std::size_t allocations = 1;
  // The first two rounds make room on both sides.
  for (int round = 0; round < 4; ++round) {
    std::vector<std::unique_ptr<int>> mine(100);
    bool is_ok = true;
    const AllocationCounter counter;
    for (std::unique_ptr<int>& item : mine) {
      is_ok &= mailbox.Post(std::move(item)).ok();
    }
    is_ok &=
        selector().Wait(absl::MakeSpan(events), absl::InfiniteDuration()).ok();
    mailbox.TakeAll(items);
    allocations = counter.allocations();
    ASSERT_TRUE(is_ok);
    ASSERT_EQ(items.size(), 100u);
  }
  EXPECT_EQ(allocations, 0u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
