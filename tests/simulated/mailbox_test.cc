// B1 to B3 in virtual time: items are posted by plan, or by other threads.

#include "event/mailbox.h"

#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulated/simulated_test.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(SimulatedTest, B1B2AnItemEndsTheWaitAtTheTimeAtWhichItIsPosted) {
  SimulatedFaults faults;
  faults.empty_wait = 0.5;
  selector_.SetFaults(faults);
  Mailbox<std::string> mailbox(selector_);
  for (int hour = 1; hour <= 10; ++hour) {
    simulation_.At(absl::Hours(hour), [&mailbox] {
      EXPECT_TRUE(mailbox.Post("one").ok());
      EXPECT_TRUE(mailbox.Post("two").ok());
    });
  }
  std::vector<std::string> items;
  for (int hour = 1; hour <= 10; ++hour) {
    do {
      EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
      mailbox.TakeAll(items);
    } while (items.empty());
    EXPECT_EQ(simulation_.now(), absl::Hours(hour));
    EXPECT_THAT(items, ElementsAre("one", "two"));
  }
}

TEST_F(SimulatedThreadsTest, B1B3ThreadsPostUntilTheMailboxIsClosed) {
  constexpr std::size_t kPosters = 8;
  constexpr std::size_t kEnough = 100'000;
  Mailbox<std::size_t> mailbox(selector_);
  std::vector<std::size_t> accepted(kPosters);
  std::vector<std::thread> posters;
  for (std::size_t poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&mailbox, &mine = accepted[poster], poster] {
      std::size_t count = 0;
      while (mailbox.Post(poster + kPosters * count).ok()) ++count;
      mine = count;
    });
  }
  std::vector<std::size_t> taken(kPosters);
  std::vector<std::size_t> items;
  const auto take = [&] {
    mailbox.TakeAll(items);
    for (const std::size_t item : items) {
      EXPECT_EQ(item / kPosters, taken[item % kPosters]++);
    }
  };
  std::vector<Event> events(1);
  std::size_t sum = 0;
  while (sum < kEnough) {
    const auto ready =
        selector_.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    ASSERT_TRUE(ready.ok()) << ready.status();
    EXPECT_TRUE(ready->empty());
    take();
    sum += items.size();
  }
  mailbox.Close();
  take();
  for (std::thread& poster : posters) poster.join();
  EXPECT_EQ(taken, accepted);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
