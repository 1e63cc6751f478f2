// What one mailbox does and asks of its selector, call by call.
// //tests/contract:mailbox_test and //tests/stress:mailbox_test have the
// threads.

#include "event/mailbox.h"

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/event/mock_selector.h"
#include "tests/support/count_allocations.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Return;
using ::testing::StrictMock;

using Code = absl::StatusCode;

static_assert(!std::is_copy_constructible<Mailbox<int>>::value, "");
static_assert(!std::is_copy_assignable<Mailbox<int>>::value, "");

class MailboxTest : public ::testing::Test {
 protected:
  void ExpectWakes(int times) {
    EXPECT_CALL(selector_, Wake)
        .Times(times)
        .WillRepeatedly(Return(absl::OkStatus()));
  }
  template <typename T>
  static std::vector<T> Take(Mailbox<T>& mailbox) {
    std::vector<T> items;
    mailbox.TakeAll(items);
    return items;
  }

  StrictMock<MockSelector> selector_;
};

TEST_F(MailboxTest, IsEmptyAtFirst) {
  Mailbox<int> mailbox(selector_);
  EXPECT_THAT(Take(mailbox), IsEmpty());
}

TEST_F(MailboxTest, GivesAllItemsInOrder) {
  ExpectWakes(1);
  Mailbox<std::string> mailbox(selector_);
  EXPECT_TRUE(mailbox.Post("one").ok());
  EXPECT_TRUE(mailbox.Post("two").ok());
  EXPECT_TRUE(mailbox.Post("three").ok());
  EXPECT_THAT(Take(mailbox), ElementsAre("one", "two", "three"));
  EXPECT_THAT(Take(mailbox), IsEmpty());
}

TEST_F(MailboxTest, TakingReplacesWhatWasTakenBefore) {
  ExpectWakes(2);
  Mailbox<std::string> mailbox(selector_);
  std::vector<std::string> items = {"old"};
  EXPECT_TRUE(mailbox.Post("one").ok());
  mailbox.TakeAll(items);
  EXPECT_THAT(items, ElementsAre("one"));
  EXPECT_TRUE(mailbox.Post("two").ok());
  mailbox.TakeAll(items);
  EXPECT_THAT(items, ElementsAre("two"));
  mailbox.TakeAll(items);
  EXPECT_THAT(items, IsEmpty());
}

TEST_F(MailboxTest, WakesOnceForAllThatIsThere) {
  Mailbox<int> mailbox(selector_);
  for (int round = 0; round < 10; ++round) {
    ExpectWakes(1);
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(mailbox.Post(std::move(i)).ok());
    ::testing::Mock::VerifyAndClearExpectations(&selector_);
    EXPECT_EQ(Take(mailbox).size(), 10u);
  }
}

TEST_F(MailboxTest, TheItemIsThereBeforeTheWakeUp) {
  Mailbox<int> mailbox(selector_);
  std::vector<int> items;
  EXPECT_CALL(selector_, Wake).Times(2).WillRepeatedly([&] {
    mailbox.TakeAll(items);  // No lock is held, either.
    return absl::OkStatus();
  });
  EXPECT_TRUE(mailbox.Post(1).ok());
  EXPECT_THAT(items, ElementsAre(1));
  EXPECT_TRUE(mailbox.Post(2).ok());
  EXPECT_THAT(items, ElementsAre(2));
}

TEST_F(MailboxTest, AnItemThatIsRefusedStaysWithItsPoster) {
  ExpectWakes(1);
  Mailbox<std::unique_ptr<int>> mailbox(selector_);
  EXPECT_TRUE(mailbox.Post(std::make_unique<int>(1)).ok());
  mailbox.Close();
  mailbox.Close();
  auto late = std::make_unique<int>(2);
  const absl::Status refused = mailbox.Post(std::move(late));
  EXPECT_EQ(refused.code(), Code::kCancelled);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("closed"));
  ASSERT_NE(late, nullptr);
  EXPECT_EQ(*late, 2);
  // What came before is not lost.
  const std::vector<std::unique_ptr<int>> items = Take(mailbox);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(*items[0], 1);
}

TEST_F(MailboxTest, AWakeUpThatFailsIsToldAndMadeGoodByTheNextPost) {
  Mailbox<int> mailbox(selector_);
  EXPECT_CALL(selector_, Wake)
      .WillOnce(Return(absl::InternalError("")))
      .WillOnce(Return(absl::InternalError("")))
      .WillOnce(Return(absl::OkStatus()));
  for (int i = 0; i < 2; ++i) {
    const absl::Status posted = mailbox.Post(std::move(i));
    EXPECT_EQ(posted.code(), Code::kUnavailable);
    EXPECT_THAT(std::string(posted.message()), HasSubstr("INTERNAL"));
  }
  EXPECT_TRUE(mailbox.Post(2).ok());
  EXPECT_TRUE(mailbox.Post(3).ok()) << "and is woken now";
  EXPECT_THAT(Take(mailbox), ElementsAre(0, 1, 2, 3));
}

TEST_F(MailboxTest, ASelectorThatIsClosedNeedsNoWakeUp) {
  Mailbox<int> mailbox(selector_);
  EXPECT_CALL(selector_, Wake).WillRepeatedly(Return(absl::CancelledError("")));
  EXPECT_TRUE(mailbox.Post(1).ok());
  EXPECT_TRUE(mailbox.Post(2).ok());
  EXPECT_THAT(Take(mailbox), ElementsAre(1, 2));
}

TEST_F(MailboxTest, WithoutMemoryTheItemStaysWithItsPoster) {
  ExpectWakes(1);
  Mailbox<std::unique_ptr<int>> mailbox(selector_);
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    auto item = std::make_unique<int>(i);
    absl::Status posted;
    {
      const AllocationFailure failure(0);
      // (What it expects allocates, too.)
      if (i > 0) posted = mailbox.Post(std::move(item));
    }
    if (i == 0 || !posted.ok()) {
      EXPECT_TRUE(i == 0 || posted.code() == Code::kResourceExhausted);
      ASSERT_NE(item, nullptr);
      EXPECT_EQ(*item, i);
      ++refused;
      ASSERT_TRUE(mailbox.Post(std::move(item)).ok());
    }
    ++accepted;
  }
  EXPECT_GT(refused, 5);
  const std::vector<std::unique_ptr<int>> items = Take(mailbox);
  ASSERT_EQ(items.size(), static_cast<std::size_t>(accepted));
  for (int i = 0; i < accepted; ++i) {
    EXPECT_EQ(*items[static_cast<std::size_t>(i)], i);
  }
}

// An item that was refused has woken nobody, so that the next one has to.
TEST_F(MailboxTest, WithoutMemoryNoWakeUpIsOnItsWay) {
  Mailbox<int> mailbox(selector_);
  absl::Status refused;
  {
    const AllocationFailure failure(0);
    refused = mailbox.Post(1);
  }
  EXPECT_EQ(refused.code(), Code::kResourceExhausted);
  ExpectWakes(1);
  EXPECT_TRUE(mailbox.Post(2).ok());
  EXPECT_THAT(Take(mailbox), ElementsAre(2));
}

TEST_F(MailboxTest, DestroysWhatNobodyTook) {
  ExpectWakes(1);
  const auto shared = std::make_shared<int>(1);
  {
    Mailbox<std::shared_ptr<int>> mailbox(selector_);
    EXPECT_TRUE(mailbox.Post(std::shared_ptr<int>(shared)).ok());
    EXPECT_EQ(shared.use_count(), 2);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
