// B1 to B3 of the contract under load: eight threads post to one loop.

#include "event/mailbox.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/stress/stress_test.h"

namespace event_selector {
namespace testing {
namespace {

constexpr int kPosters = 8;

// From whom, and the how manieth.
struct Item {
  int poster;
  std::uint64_t number;
};
using Letter = std::unique_ptr<Item>;

class MailboxStress : public ContractTest {
 protected:
  // What one poster had to do with the mailbox.
  struct Poster {
    std::uint64_t accepted = 0;  // Written by it, read when it was joined.
    std::uint64_t taken = 0;     // By the loop.
  };

  Poster& poster(int number) {
    return posters_[static_cast<std::size_t>(number)];
  }

  // Takes what is there, and checks that each follows the one before it.
  void Take() {
    mailbox_.TakeAll(letters_);
    if (!letters_.empty()) ++batches_;
    for (const Letter& letter : letters_) {
      ASSERT_NE(letter, nullptr);
      ASSERT_EQ(letter->number, poster(letter->poster).taken);
      ++poster(letter->poster).taken;
      ++taken_;
    }
  }

  // Posts `items`, or until the mailbox is closed.
  void Post(int number, std::uint64_t items) {
    Poster& me = poster(number);
    while (me.accepted < items) {
      auto letter = std::make_unique<Item>(Item{number, me.accepted});
      const absl::Status posted = mailbox_.Post(std::move(letter));
      if (posted.ok()) {
        ASSERT_EQ(letter, nullptr);
        ++me.accepted;
        continue;
      }
      ASSERT_THAT(posted, HasCode(absl::StatusCode::kCancelled));
      ASSERT_NE(letter, nullptr);
      ASSERT_EQ(letter->number, me.accepted);
      return;
    }
  }

  void ExpectAllAreTaken() {
    for (const Poster& poster : posters_) {
      EXPECT_EQ(poster.taken, poster.accepted);
    }
    EXPECT_THAT(WaitFor(kAMoment), ::testing::IsEmpty());
    Take();
    std::cout << taken_ << " items in " << batches_ << " batches\n";
  }

  Mailbox<Letter> mailbox_{selector()};
  std::vector<Letter> letters_;
  std::vector<Poster> posters_{kPosters};
  std::uint64_t taken_ = 0;
  std::uint64_t batches_ = 0;
};
EVENT_INSTANTIATE_CONTRACT(MailboxStress);

TEST_P(MailboxStress, B1B2EachItemComesOnceAndInOrder) {
  const std::uint64_t items = Scaled(5'000);
  Crew crew;
  crew.Start(kPosters, [&](int number) { Post(number, items); });
  // A wake-up that is lost shows as a wait for ever, if nobody posts any more.
  while (taken_ < items * kPosters) {
    ASSERT_THAT(WaitFor(absl::InfiniteDuration()), ::testing::IsEmpty());
    Take();
    if (HasFatalFailure()) mailbox_.Close();
    if (HasFatalFailure()) break;
  }
  crew.Join();
  ExpectAllAreTaken();
}

// Whoever posts waits until the item was taken, so that the mailbox is empty
// again and again.
TEST_P(MailboxStress, B2AnItemAloneWakesTheLoop) {
  const std::uint64_t items = Scaled(300);
  std::vector<std::atomic<std::uint64_t>> taken(kPosters);
  Mailbox<int> mailbox(selector());
  Crew crew;
  crew.Start(kPosters, [&](int number) {
    std::atomic<std::uint64_t>& mine = taken[static_cast<std::size_t>(number)];
    for (std::uint64_t i = 0; i < items; ++i) {
      int item = number;
      ASSERT_THAT(mailbox.Post(std::move(item)), IsOk());
      ASSERT_TRUE(Await([&] { return mine.load() == i + 1; }));
    }
  });
  std::vector<int> numbers;
  for (std::uint64_t left = items * kPosters; left > 0;) {
    ASSERT_THAT(WaitFor(absl::InfiniteDuration()), ::testing::IsEmpty());
    mailbox.TakeAll(numbers);
    for (const int number : numbers) {
      taken[static_cast<std::size_t>(number)].fetch_add(1);
    }
    left -= numbers.size();
  }
}

TEST_P(MailboxStress, B3NothingIsLostAtClose) {
  const std::uint64_t before = Scaled(2'000);
  Crew crew;
  crew.Start(kPosters, [&](int number) { Post(number, ~std::uint64_t{0}); });
  while (taken_ < before) {
    ASSERT_THAT(WaitFor(absl::InfiniteDuration()), ::testing::IsEmpty());
    Take();
    if (HasFatalFailure()) break;
  }
  mailbox_.Close();
  Take();
  crew.Join();
  WaitFor(absl::ZeroDuration());  // A wake-up may be left.
  ExpectAllAreTaken();
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
