// T1 to T7 of the contract: timers, with the waits of each backend.
// //tests/timers has what needs no selector.

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"
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

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

nanoseconds Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

// A timer's object: its deadline at last, and what the test calls it.
struct Timer {
  nanoseconds deadline;
  int number;
};

class TimersContract : public ContractTest {
 protected:
  TimerId Add(nanoseconds deadline, int number) {
    const absl::StatusOr<TimerId> id =
        timers_.Add(deadline, Timer{deadline, number});
    EXPECT_TRUE(id.ok()) << id.status();
    return id.value_or(TimerId());
  }

  // What a loop does in one turn. Returns the events.
  std::vector<Event> Turn(std::vector<int>& due) {
    std::vector<Event> events = WaitFor(timers_.UntilNext(Now()));
    const nanoseconds now = Now();
    while (const std::optional<Timer> timer = timers_.PopDue(now)) {
      EXPECT_LE(timer->deadline, now) << "too early";
      due.push_back(timer->number);
    }
    return events;
  }

  TimerQueue<Timer> timers_;
};
EVENT_INSTANTIATE_CONTRACT(TimersContract);

TEST_P(TimersContract, T1TheyComeInOrderAndNotTooEarly) {
  const nanoseconds start = Now();
  std::vector<int> expected;
  for (int i = 0; i < 60; ++i) {
    // Each deadline twice; 7 and 30 have no common factor.
    const int step = i * 7 % 30;
    Add(start + microseconds(200) * step, step * 2 + i / 30);
    expected.push_back(i);
  }
  std::vector<int> due;
  while (!timers_.empty()) EXPECT_THAT(Turn(due), IsEmpty());
  EXPECT_EQ(due, expected);
}

TEST_P(TimersContract, T2ATimerThatStartsItselfDoesNotStarveTheSockets) {
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kWritable),
              IsOk());
  Add(Now(), 0);
  for (int round = 0; round < 20; ++round) {
    ASSERT_THAT(WaitFor(timers_.UntilNext(Now())), ElementsAre(HasToken(1)));
    const nanoseconds now = Now();
    int times = 0;
    while (const std::optional<Timer> timer = timers_.PopDue(now)) {
      ASSERT_EQ(++times, 1);
      Add(now, 0);
    }
    ASSERT_EQ(times, 1);
  }
}

TEST_P(TimersContract, T3AWaitWithoutAnEventEndsWithATimer) {
  const TimerId cancelled = Add(Now() + milliseconds(1), 1);
  const TimerId postponed = Add(Now() + milliseconds(2), 2);
  Add(Now() + milliseconds(10), 3);
  EXPECT_GT(timers_.UntilNext(nanoseconds(0)), absl::ZeroDuration());
  EXPECT_TRUE(timers_.Cancel(cancelled));
  EXPECT_TRUE(timers_.Postpone(postponed, Now() + milliseconds(20)));
  // One turn may be for the deadline that it had, and none for that of the one
  // that was cancelled.
  std::vector<int> due;
  int early = 0;
  while (!timers_.empty()) {
    const std::size_t before = due.size();
    EXPECT_THAT(Turn(due), IsEmpty());
    if (due.size() == before) ++early;
  }
  EXPECT_LE(early, 1);
  EXPECT_THAT(due, ElementsAre(3, 2));
}

TEST_P(TimersContract, T3WithNoTimerAWaitEndsWithAnEventOnly) {
  EXPECT_EQ(timers_.UntilNext(Now()), absl::InfiniteDuration());
  const OnceBlocked waker([this] { EXPECT_THAT(selector().Wake(), IsOk()); });
  std::vector<int> due;
  EXPECT_THAT(Turn(due), IsEmpty());
  EXPECT_THAT(due, IsEmpty());
}

TEST_P(TimersContract, T4ATimerThatIsDueIsCancelledByTheOneBeforeIt) {
  const nanoseconds start = Now();
  Add(start, 1);
  const TimerId second = Add(start, 2);
  Add(start, 3);
  EXPECT_THAT(WaitFor(timers_.UntilNext(Now())), IsEmpty());
  const nanoseconds now = Now();
  std::vector<int> due;
  std::vector<TimerId> next;
  while (const std::optional<Timer> timer = timers_.PopDue(now)) {
    due.push_back(timer->number);
    EXPECT_EQ(timers_.Cancel(second), timer->number == 1);
    next.push_back(Add(start, 4));  // May take the place of the second.
  }
  EXPECT_THAT(due, ElementsAre(1, 3));
  EXPECT_FALSE(timers_.Cancel(second));
  EXPECT_FALSE(timers_.Postpone(second, start));
  EXPECT_EQ(timers_.size(), 2u);
  for (const TimerId id : next) EXPECT_TRUE(timers_.Cancel(id));
}

TEST_P(TimersContract, T5WhoIsHeardOfIsNotIdle) {
  constexpr milliseconds kPatience(20);
  SocketPair heard = MakeStreamPair();
  ASSERT_THAT(selector().Add(heard.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  SendAll(heard.b.handle(), "x");
  const nanoseconds start = Now();
  const TimerId of_heard = Add(start + kPatience, 1);
  Add(start + kPatience, 2);
  // It is heard of in each turn, until the other one was silent for so long.
  std::vector<int> due;
  while (due.empty()) {
    ASSERT_TRUE(timers_.Postpone(of_heard, Now() + std::chrono::hours(1)));
    ASSERT_THAT(Turn(due), ElementsAre(HasToken(1)));
  }
  EXPECT_THAT(due, ElementsAre(2));
  ASSERT_TRUE(timers_.Postpone(of_heard, Now()));
  Turn(due);
  EXPECT_THAT(due, ElementsAre(2, 1));
}

TEST_P(TimersContract, T6DeadlinesInThePastAndNever) {
  Add(nanoseconds::max(), 1);
  Add(nanoseconds::min(), 2);
  Add(nanoseconds(0), 3);
  std::vector<int> due;
  EXPECT_THAT(Turn(due), IsEmpty());
  EXPECT_THAT(due, ElementsAre(2, 3));
  const OnceBlocked waker([this] { EXPECT_THAT(selector().Wake(), IsOk()); });
  EXPECT_THAT(Turn(due), IsEmpty()) << "without an end";
  EXPECT_THAT(due, ElementsAre(2, 3));
}

TEST_P(TimersContract, T7ALoopWithTimersAllocatesNothing) {
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kWritable),
              IsOk());
  constexpr int kTimers = 100;
  std::vector<TimerId> ids;
  std::vector<Event> events(64);
  std::size_t allocations = 1;
  // The first time it grows.
  for (int time = 0; time < 2; ++time) {
    ids.clear();
    ids.reserve(kTimers);
    const AllocationCounter counter;
    for (int i = 0; i < kTimers; ++i) {
      ids.push_back(Add(Now() + std::chrono::hours(1), i));
    }
    for (const TimerId id : ids) {
      const absl::StatusOr<absl::Span<Event>> ready =
          selector().Wait(absl::MakeSpan(events), timers_.UntilNext(Now()));
      ASSERT_TRUE(ready.ok() && ready->size() == 1);
      timers_.Postpone(id, Now());
    }
    const nanoseconds now = Now();
    while (timers_.PopDue(now)) {
    }
    allocations = counter.allocations();
    ASSERT_TRUE(timers_.empty());
  }
  EXPECT_EQ(allocations, 0u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
