// What one queue does, without a selector and with a clock of the test's own.

#include "event/timer_queue.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/timer_id.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/count_allocations.h"

namespace event_selector {
namespace testing {
namespace {

using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr nanoseconds kEnd = nanoseconds::max();
constexpr nanoseconds kBeginning = nanoseconds::min();

static_assert(!std::is_copy_constructible<TimerQueue<int>>::value, "");
static_assert(!std::is_copy_assignable<TimerQueue<int>>::value, "");
static_assert(!std::is_constructible<TimerId, int>::value, "not invented");

template <typename Time, typename T>
TimerId MustAdd(TimerQueue<T>& timers, Time deadline, T object) {
  const absl::StatusOr<TimerId> id = timers.Add(deadline, std::move(object));
  EXPECT_TRUE(id.ok()) << id.status();
  return id.value_or(TimerId());
}

// All that a round has.
template <typename Time>
std::vector<int> Round(TimerQueue<int>& timers, Time now) {
  std::vector<int> due;
  while (const std::optional<int> next = timers.PopDue(now)) {
    due.push_back(*next);
  }
  return due;
}

TEST(TimerQueueTest, IsEmptyAtFirst) {
  TimerQueue<int> timers;
  EXPECT_EQ(timers.size(), 0u);
  EXPECT_TRUE(timers.empty());
  EXPECT_EQ(timers.UntilNext(nanoseconds(5)), absl::InfiniteDuration());
  EXPECT_EQ(timers.PopDue(nanoseconds(5)), std::nullopt);
  EXPECT_FALSE(timers.Cancel(TimerId()));
  EXPECT_FALSE(timers.Postpone(TimerId(), nanoseconds(5)));
}

TEST(TimerQueueTest, ATimerComesAtItsDeadlineAndNotBefore) {
  TimerQueue<std::string> timers;
  MustAdd<nanoseconds, std::string>(timers, nanoseconds(100), "a");
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_EQ(timers.UntilNext(nanoseconds(0)), absl::Nanoseconds(100));
  EXPECT_EQ(timers.UntilNext(nanoseconds(99)), absl::Nanoseconds(1));
  EXPECT_EQ(timers.PopDue(nanoseconds(99)), std::nullopt);
  EXPECT_EQ(timers.UntilNext(nanoseconds(100)), absl::ZeroDuration());
  EXPECT_EQ(timers.UntilNext(nanoseconds(1000)), absl::ZeroDuration());
  EXPECT_EQ(timers.PopDue(nanoseconds(100)), "a");
  EXPECT_TRUE(timers.empty());
  EXPECT_EQ(timers.PopDue(nanoseconds(1000)), std::nullopt);
}

TEST(TimerQueueTest, TheyComeInTheOrderOfDeadlinesAndThenOfAdding) {
  TimerQueue<int> timers;
  // Each deadline three times, in an order that is far from sorted.
  for (int i = 0; i < 300; ++i) {
    MustAdd(timers, nanoseconds(i * 37 % 100), i * 37 % 100 * 3 + i / 100);
  }
  std::vector<int> expected;
  for (int i = 0; i < 300; ++i) expected.push_back(i);
  EXPECT_EQ(Round(timers, nanoseconds(1000)), expected);
}

TEST(TimerQueueTest, WhatIsAddedInARoundComesInTheNext) {
  TimerQueue<int> timers;
  const nanoseconds now(1000);
  MustAdd(timers, nanoseconds(1), 1);
  MustAdd(timers, nanoseconds(2), 2);
  MustAdd(timers, nanoseconds(3), 3);
  EXPECT_EQ(timers.PopDue(now), 1);
  MustAdd(timers, now, 4);             // Without delay,
  MustAdd(timers, nanoseconds(0), 5);  // or late from the beginning.
  EXPECT_EQ(timers.PopDue(now), 2);
  EXPECT_EQ(timers.PopDue(now), 3);
  EXPECT_EQ(timers.PopDue(now), std::nullopt);
  EXPECT_EQ(timers.size(), 2u);
  // The clock stands still.
  EXPECT_EQ(timers.UntilNext(now), absl::ZeroDuration());
  EXPECT_THAT(Round(timers, now), ElementsAre(5, 4));
}

TEST(TimerQueueTest, ATimerThatStartsItselfAgainComesOnceInARound) {
  TimerQueue<int> timers;
  MustAdd(timers, nanoseconds(0), 7);
  for (int round = 0; round < 100; ++round) {
    int times = 0;
    while (const std::optional<int> due = timers.PopDue(nanoseconds(0))) {
      ASSERT_EQ(++times, 1);
      MustAdd(timers, nanoseconds(0), *due);
    }
    ASSERT_EQ(times, 1) << "it must come in each";
  }
}

TEST(TimerQueueTest, UntilNextEndsARoundThatWasNotFinished) {
  TimerQueue<int> timers;
  const nanoseconds now(1000);
  MustAdd(timers, nanoseconds(10), 1);
  MustAdd(timers, nanoseconds(20), 2);
  EXPECT_EQ(timers.PopDue(now), 1);
  MustAdd(timers, nanoseconds(5), 3);
  EXPECT_EQ(timers.UntilNext(now), absl::ZeroDuration());
  EXPECT_THAT(Round(timers, now), ElementsAre(3, 2));
}

TEST(TimerQueueTest, ATimerCancelledIsGone) {
  TimerQueue<int> timers;
  const TimerId one = MustAdd(timers, nanoseconds(10), 1);
  const TimerId two = MustAdd(timers, nanoseconds(20), 2);
  EXPECT_TRUE(timers.Cancel(one));
  EXPECT_FALSE(timers.Cancel(one));
  EXPECT_FALSE(timers.Postpone(one, nanoseconds(5)));
  EXPECT_EQ(timers.UntilNext(nanoseconds(0)), absl::Nanoseconds(20));
  EXPECT_THAT(Round(timers, nanoseconds(100)), ElementsAre(2));
  EXPECT_FALSE(timers.Cancel(two)) << "it has come";
  EXPECT_FALSE(timers.Postpone(two, nanoseconds(5)));
  EXPECT_TRUE(timers.empty());
}

TEST(TimerQueueTest, ADueTimerCanBeCancelledUntilItIsPopped) {
  TimerQueue<int> timers;
  std::vector<TimerId> ids;
  for (int i = 0; i < 10; ++i)
    ids.push_back(MustAdd(timers, nanoseconds(i), i));
  EXPECT_EQ(timers.PopDue(nanoseconds(100)), 0);
  EXPECT_TRUE(timers.Cancel(ids[1]));
  EXPECT_TRUE(timers.Cancel(ids[5]));
  const TimerId later = MustAdd(timers, nanoseconds(0), 10);
  MustAdd(timers, nanoseconds(0), 11);
  EXPECT_TRUE(timers.Cancel(later)) << "one of the next round, too";
  EXPECT_TRUE(timers.Cancel(ids[9]));
  EXPECT_THAT(Round(timers, nanoseconds(100)), ElementsAre(2, 3, 4, 6, 7, 8));
  EXPECT_THAT(Round(timers, nanoseconds(100)), ElementsAre(11));
}

TEST(TimerQueueTest, AStaleIdDoesNotHitTheNextTimerInItsPlace) {
  TimerQueue<int> timers;
  std::vector<TimerId> stale;
  absl::flat_hash_set<TimerId> all;
  for (int i = 0; i < 1000; ++i) {
    const TimerId id = MustAdd(timers, nanoseconds(i), i);
    ASSERT_TRUE(all.insert(id).second) << "given out twice";
    for (const TimerId old : stale) {
      ASSERT_NE(old, id);
      ASSERT_FALSE(timers.Cancel(old));
      ASSERT_FALSE(timers.Postpone(old, kEnd));
    }
    ASSERT_EQ(timers.size(), 1u);
    if (i % 2 == 0) {
      ASSERT_TRUE(timers.Cancel(id));
    } else {
      ASSERT_THAT(Round(timers, nanoseconds(i)), ElementsAre(i));
    }
    stale.push_back(id);
  }
}

TEST(TimerQueueTest, IdsOfAnotherQueueDoNoHarm) {
  TimerQueue<int> small;
  TimerQueue<int> large;
  std::vector<TimerId> ids;
  for (int i = 0; i < 100; ++i)
    ids.push_back(MustAdd(large, nanoseconds(i), i));
  for (const TimerId id : ids) {
    EXPECT_FALSE(small.Cancel(id));
    EXPECT_FALSE(small.Postpone(id, nanoseconds(1)));
  }
}

TEST(TimerQueueTest, PostponeMovesADeadlineToBothSides) {
  TimerQueue<int> timers;
  const TimerId one = MustAdd(timers, nanoseconds(10), 1);
  const TimerId two = MustAdd(timers, nanoseconds(20), 2);
  const TimerId three = MustAdd(timers, nanoseconds(30), 3);
  EXPECT_EQ(timers.UntilNext(nanoseconds(0)), absl::Nanoseconds(10));
  EXPECT_TRUE(timers.Postpone(one, nanoseconds(40)));
  EXPECT_TRUE(timers.Postpone(three, nanoseconds(5)));
  EXPECT_EQ(timers.UntilNext(nanoseconds(0)), absl::Nanoseconds(5));
  // Later, and then earlier again, but not as early as it was.
  EXPECT_TRUE(timers.Postpone(two, nanoseconds(90)));
  EXPECT_TRUE(timers.Postpone(two, nanoseconds(35)));
  EXPECT_THAT(Round(timers, nanoseconds(34)), ElementsAre(3));
  EXPECT_EQ(timers.UntilNext(nanoseconds(34)), absl::Nanoseconds(1));
  EXPECT_THAT(Round(timers, nanoseconds(35)), ElementsAre(2));
  EXPECT_THAT(Round(timers, nanoseconds(39)), IsEmpty());
  EXPECT_THAT(Round(timers, nanoseconds(40)), ElementsAre(1));
}

// How often a wait ends for nothing, by a clock that goes on as long as
// UntilNext says.
int EarlyWaits(TimerQueue<int>& timers, nanoseconds start) {
  int early = 0;
  absl::Duration now = absl::FromChrono(start);
  while (!timers.empty()) {
    const absl::Duration wait = timers.UntilNext(now);
    EXPECT_NE(wait, absl::InfiniteDuration());
    if (wait == absl::InfiniteDuration()) break;
    now += wait;
    if (Round(timers, now).empty()) ++early;
  }
  return early;
}

TEST(TimerQueueTest, APostponedTimerEndsAtMostOneWaitAndManyEndFew) {
  for (const int count : {1, 10, 10'000}) {
    TimerQueue<int> timers;
    std::vector<TimerId> ids;
    for (int i = 0; i < count; ++i) {
      ids.push_back(MustAdd(timers, nanoseconds(1000 + i), i));
    }
    EXPECT_EQ(timers.UntilNext(nanoseconds(0)), absl::Nanoseconds(1000));
    // Again and again: this is one postponement for the wait.
    for (int times = 1; times <= 5; ++times) {
      for (const TimerId id : ids) {
        EXPECT_TRUE(timers.Postpone(id, nanoseconds(1'000'000 * times)));
      }
    }
    const int early = EarlyWaits(timers, nanoseconds(0));
    EXPECT_GE(early, 1) << "or the cost is in UntilNext";
    EXPECT_LE(early, 1 + count / 32);
  }
}

TEST(TimerQueueTest, UntilNextIsZeroOnlyIfATimerIsDue) {
  TimerQueue<int> timers;
  const TimerId one = MustAdd(timers, nanoseconds(10), 1);
  EXPECT_EQ(timers.UntilNext(nanoseconds(0)), absl::Nanoseconds(10));
  EXPECT_TRUE(timers.Postpone(one, nanoseconds(50)));
  EXPECT_EQ(timers.UntilNext(nanoseconds(10)), absl::Nanoseconds(40));
  EXPECT_TRUE(timers.Postpone(one, kEnd));
  EXPECT_EQ(timers.UntilNext(nanoseconds(60)), absl::InfiniteDuration());
}

TEST(TimerQueueTest, APostponedTimerKeepsItsTurnAmongEquals) {
  TimerQueue<int> timers;
  std::vector<TimerId> ids;
  for (int i = 0; i < 10; ++i)
    ids.push_back(MustAdd(timers, nanoseconds(i), i));
  EXPECT_EQ(timers.UntilNext(nanoseconds(0)), absl::ZeroDuration());
  for (int i = 9; i >= 0; --i) {
    EXPECT_TRUE(timers.Postpone(ids[static_cast<std::size_t>(i)],
                                nanoseconds(i % 2 == 0 ? 20 : 0)));
  }
  EXPECT_THAT(Round(timers, nanoseconds(20)),
              ElementsAre(1, 3, 5, 7, 9, 0, 2, 4, 6, 8));
}

TEST(TimerQueueTest, ATimerOfThisRoundMayBePostponedOutOfItAndInto) {
  TimerQueue<int> timers;
  MustAdd(timers, nanoseconds(1), 1);
  const TimerId two = MustAdd(timers, nanoseconds(2), 2);
  const TimerId three = MustAdd(timers, nanoseconds(1000), 3);
  EXPECT_EQ(timers.PopDue(nanoseconds(100)), 1);
  EXPECT_TRUE(timers.Postpone(two, nanoseconds(101)));
  EXPECT_TRUE(timers.Postpone(three, nanoseconds(100)));
  // One that was added in the round stays in the next.
  const TimerId four = MustAdd(timers, nanoseconds(500), 4);
  EXPECT_TRUE(timers.Postpone(four, nanoseconds(0)));
  EXPECT_THAT(Round(timers, nanoseconds(100)), ElementsAre(3));
  EXPECT_THAT(Round(timers, nanoseconds(100)), ElementsAre(4));
  EXPECT_THAT(Round(timers, nanoseconds(101)), ElementsAre(2));
}

TEST(TimerQueueTest, AnIdleTimeoutIsPostponedAgainAndAgain) {
  TimerQueue<int> timers;
  std::vector<TimerId> ids;
  constexpr int kTimers = 1000;
  for (int i = 0; i < kTimers; ++i) {
    ids.push_back(MustAdd(timers, nanoseconds(1000), i));
  }
  // One in ten is heard of.
  for (int now = 1; now < 1000; ++now) {
    ASSERT_EQ(timers.PopDue(nanoseconds(now)), std::nullopt);
    for (std::size_t i = 0; i < kTimers; i += 10) {
      ASSERT_TRUE(timers.Postpone(ids[i], nanoseconds(now + 1000)));
    }
  }
  EXPECT_EQ(Round(timers, nanoseconds(1000)).size(), kTimers * 9u / 10);
  EXPECT_EQ(timers.UntilNext(nanoseconds(1000)), absl::Nanoseconds(999));
  EXPECT_THAT(Round(timers, nanoseconds(1998)), IsEmpty());
  EXPECT_EQ(Round(timers, nanoseconds(1999)).size(), kTimers / 10u);
}

TEST(TimerQueueTest, DeadlinesAtTheEndsOfTime) {
  TimerQueue<int> timers;
  const TimerId never = MustAdd(timers, kEnd, 1);
  EXPECT_EQ(timers.UntilNext(kEnd), absl::InfiniteDuration());
  EXPECT_EQ(timers.PopDue(kEnd), std::nullopt);
  MustAdd(timers, kEnd - nanoseconds(1), 2);
  MustAdd(timers, kBeginning, 3);
  EXPECT_EQ(timers.UntilNext(kBeginning), absl::ZeroDuration());
  EXPECT_THAT(Round(timers, kBeginning), ElementsAre(3));
  // Longer than 64 bits of nanoseconds.
  EXPECT_EQ(
      timers.UntilNext(kBeginning),
      absl::FromChrono(kEnd - nanoseconds(1)) - absl::FromChrono(kBeginning));
  EXPECT_THAT(Round(timers, kEnd), ElementsAre(2));
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_TRUE(timers.Postpone(never, nanoseconds(0)));
  EXPECT_THAT(Round(timers, kBeginning), IsEmpty());
  EXPECT_THAT(Round(timers, nanoseconds(0)), ElementsAre(1));
}

TEST(TimerQueueTest, TheEndsOfDuration) {
  TimerQueue<int> timers;
  const absl::Duration largest =
      absl::Seconds(std::numeric_limits<std::int64_t>::max());
  const TimerId never = MustAdd(timers, absl::InfiniteDuration(), 1);
  MustAdd(timers, largest, 2);
  MustAdd(timers, -absl::InfiniteDuration(), 3);
  MustAdd(timers, -largest, 4);
  for (const absl::Duration now :
       {absl::ZeroDuration(), largest, absl::InfiniteDuration()}) {
    EXPECT_EQ(timers.UntilNext(now), absl::ZeroDuration());
  }
  EXPECT_THAT(Round(timers, -absl::InfiniteDuration()), ElementsAre(3, 4));
  EXPECT_EQ(timers.UntilNext(-largest), absl::InfiniteDuration());
  EXPECT_THAT(Round(timers, absl::InfiniteDuration()), IsEmpty());
  EXPECT_TRUE(timers.Postpone(never, -absl::InfiniteDuration()));
  EXPECT_THAT(Round(timers, -largest), ElementsAre(1));
  EXPECT_EQ(timers.size(), 1u);
}

TEST(TimerQueueTest, FractionsOfANanosecondAreNeverEarly) {
  const absl::Duration quarter = absl::Nanoseconds(1) / 4;
  for (int now = -12; now <= 12; ++now) {
    for (int deadline = -12; deadline <= 12; ++deadline) {
      TimerQueue<int> timers;
      MustAdd(timers, deadline * quarter, 1);
      const absl::Duration rest = timers.UntilNext(now * quarter);
      EXPECT_GE(now * quarter + rest, deadline * quarter);
      EXPECT_LT(rest,
                std::max(0, deadline - now) * quarter + absl::Nanoseconds(2));
      const bool is_due = timers.PopDue(now * quarter).has_value();
      EXPECT_EQ(is_due, rest == absl::ZeroDuration());
      EXPECT_TRUE(!is_due || now >= deadline) << now << " " << deadline;
      EXPECT_TRUE(is_due || now < deadline + 4) << now << " " << deadline;
    }
  }
}

TEST(TimerQueueTest, TheTwoFormsOfTimesAreOne) {
  TimerQueue<int> timers;
  const TimerId one = MustAdd(timers, absl::Seconds(3), 1);
  MustAdd(timers, std::chrono::seconds(2), 2);
  EXPECT_EQ(timers.UntilNext(absl::Seconds(1)), absl::Seconds(1));
  EXPECT_EQ(timers.UntilNext(std::chrono::seconds(1)), absl::Seconds(1));
  EXPECT_TRUE(timers.Postpone(one, absl::Milliseconds(1500)));
  EXPECT_EQ(timers.PopDue(std::chrono::milliseconds(1500)), 1);
  EXPECT_EQ(timers.PopDue(absl::Milliseconds(1500)), std::nullopt);
  EXPECT_EQ(timers.PopDue(absl::Seconds(2)), 2);
}

TEST(TimerQueueTest, AClockThatGoesBackDoesNoHarm) {
  TimerQueue<int> timers;
  MustAdd(timers, nanoseconds(100), 1);
  EXPECT_EQ(timers.UntilNext(nanoseconds(90)), absl::Nanoseconds(10));
  EXPECT_EQ(timers.UntilNext(nanoseconds(50)), absl::Nanoseconds(50));
  MustAdd(timers, nanoseconds(60), 2);
  EXPECT_THAT(Round(timers, nanoseconds(59)), IsEmpty());
  EXPECT_THAT(Round(timers, nanoseconds(99)), ElementsAre(2));
  EXPECT_THAT(Round(timers, nanoseconds(70)), IsEmpty());
  EXPECT_THAT(Round(timers, nanoseconds(100)), ElementsAre(1));
}

TEST(TimerQueueTest, HoldsMoveOnlyObjectsThatAreMovedOutOnce) {
  TimerQueue<std::unique_ptr<int>> timers;
  MustAdd(timers, nanoseconds(1), std::make_unique<int>(5));
  const TimerId cancelled =
      MustAdd(timers, nanoseconds(1), std::make_unique<int>(6));
  EXPECT_TRUE(timers.Cancel(cancelled));
  std::optional<std::unique_ptr<int>> due = timers.PopDue(nanoseconds(1));
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(**due, 5);
}

// Counts the objects of its kind that are alive; each must be destroyed once.
class Counted {
 public:
  explicit Counted(int& alive) : alive_(&alive), self_(this) { ++*alive_; }
  Counted(Counted&& other) noexcept : alive_(other.alive_), self_(this) {
    ++*alive_;
  }
  Counted& operator=(Counted&&) = delete;
  ~Counted() {
    EXPECT_EQ(self_, this) << "destroyed twice, or moved as memory";
    self_ = nullptr;
    --*alive_;
  }

 private:
  int* alive_;
  Counted* self_;
};

TEST(TimerQueueTest, DestroysEachObjectOnce) {
  int alive = 0;
  {
    TimerQueue<Counted> timers;
    std::vector<TimerId> ids;
    for (int i = 0; i < 1000; ++i) {
      ids.push_back(MustAdd(timers, nanoseconds(i), Counted(alive)));
    }
    EXPECT_EQ(alive, 1000);
    for (std::size_t i = 0; i < 1000; i += 2) timers.Cancel(ids[i]);
    EXPECT_EQ(alive, 500) << "cancelled means destroyed";
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(timers.PopDue(kEnd));
    EXPECT_EQ(alive, 400);
    for (int i = 0; i < 50; ++i) MustAdd(timers, kEnd, Counted(alive));
    EXPECT_EQ(alive, 450);
  }
  EXPECT_EQ(alive, 0);
}

// Runs a function when it is destroyed.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> function)
      : function_(std::move(function)) {}
  AtEnd(AtEnd&& other) noexcept
      : function_(std::exchange(other.function_, nullptr)) {}
  AtEnd& operator=(AtEnd&&) = delete;
  ~AtEnd() {
    if (function_) function_();
  }

 private:
  std::function<void()> function_;
};

TEST(TimerQueueTest, ADestructorThatCancelRunsMayUseTheQueue) {
  TimerQueue<AtEnd> timers;
  TimerId id;
  int ends = 0;
  id = MustAdd(timers, nanoseconds(1), AtEnd([&] {
                 ++ends;
                 EXPECT_FALSE(timers.Cancel(id)) << "it finds itself gone";
                 EXPECT_TRUE(timers.empty());
                 const TimerId next =
                     MustAdd(timers, nanoseconds(2), AtEnd([&] { ++ends; }));
                 EXPECT_TRUE(timers.Postpone(next, nanoseconds(3)));
               }));
  EXPECT_TRUE(timers.Cancel(id));
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_FALSE(timers.PopDue(nanoseconds(2)));
  EXPECT_TRUE(timers.PopDue(nanoseconds(3)));
  EXPECT_EQ(ends, 2);
}

// Adds another timer when it is destroyed.
class Successor {
 public:
  Successor(TimerQueue<Successor>* queue, std::weak_ptr<int>* next)
      : queue_(queue), next_(next), value_(std::make_shared<int>(1)) {}
  Successor(Successor&& other) noexcept
      : queue_(std::exchange(other.queue_, nullptr)),
        next_(other.next_),
        value_(std::move(other.value_)) {}
  ~Successor() {
    if (queue_ == nullptr) return;
    Successor next(nullptr, nullptr);
    *next_ = next.value_;
    MustAdd(*queue_, nanoseconds(2), std::move(next));
  }

 private:
  TimerQueue<Successor>* queue_;
  std::weak_ptr<int>* next_;
  std::shared_ptr<int> value_;
};

// The place of what is being destroyed is not free before that is over.
TEST(TimerQueueTest, ATimerThatADestructorAddsHasAPlaceOfItsOwn) {
  TimerQueue<Successor> timers;
  std::weak_ptr<int> next;
  const TimerId id = MustAdd(timers, nanoseconds(1), Successor(&timers, &next));
  EXPECT_TRUE(timers.Cancel(id));
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_FALSE(next.expired());
  EXPECT_TRUE(timers.PopDue(nanoseconds(2)));
  EXPECT_TRUE(next.expired());
}

TEST(TimerQueueTest, AConstructorThatAddRunsMayUseTheQueue) {
  struct Chain {
    Chain(TimerQueue<Chain>& timers, int length_in) : length(length_in) {
      if (length > 0) {
        EXPECT_TRUE(
            timers.Add(nanoseconds(length), Maker{timers, length - 1}).ok());
      }
    }
    // What `Add` makes a Chain of.
    struct Maker {
      TimerQueue<Chain>& timers;
      int length;
    };
    Chain(Maker&& maker) : Chain(maker.timers, maker.length) {}
    int length;
  };
  TimerQueue<Chain> timers;
  ASSERT_TRUE(timers.Add(nanoseconds(6), Chain::Maker{timers, 5}).ok());
  EXPECT_EQ(timers.size(), 6u);
  for (int length = 0; length <= 5; ++length) {
    const std::optional<Chain> due = timers.PopDue(nanoseconds(10));
    ASSERT_TRUE(due.has_value());
    EXPECT_EQ(due->length, length);
  }
}

// Throws when it is moved while `*throws`.
struct Throwing {
  Throwing(int number_in, const bool* throws_in)
      : number(number_in), throws(throws_in) {}
  Throwing(Throwing&& other) : number(other.number), throws(other.throws) {
    if (*throws) throw std::runtime_error("not moved");
    other.number = -1;
  }
  int number;
  const bool* throws;
};

TEST(TimerQueueTest, AMoveThatThrowsChangesNothing) {
  bool throws = false;
  TimerQueue<Throwing> timers;
  const TimerId id = MustAdd(timers, nanoseconds(10), Throwing(1, &throws));
  for (int round = 0; round < 100; ++round) {
    Throwing late(2, &throws);
    throws = true;
    EXPECT_THROW(timers.Add(nanoseconds(5), std::move(late)).IgnoreError(),
                 std::runtime_error);
    EXPECT_EQ(late.number, 2);
    EXPECT_THROW(timers.PopDue(nanoseconds(10)), std::runtime_error);
    throws = false;
    ASSERT_EQ(timers.size(), 1u);
    ASSERT_EQ(timers.UntilNext(nanoseconds(0)), absl::Nanoseconds(10));
  }
  EXPECT_TRUE(timers.Postpone(id, nanoseconds(11)));
  const std::optional<Throwing> due = timers.PopDue(nanoseconds(11));
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->number, 1);
}

struct Moved {
  explicit Moved(int& moves_in) : moves(&moves_in) {}
  Moved(Moved&& other) noexcept : moves(other.moves) { ++*moves; }
  int* moves;
};

TEST(TimerQueueTest, MovesAnObjectInAndOutAndNeverBetween) {
  int moves = 0;
  TimerQueue<Moved> timers;
  for (int i = 0; i < 10000; ++i) {
    ASSERT_TRUE(timers.Add(nanoseconds(i * 7919 % 10000), Moved(moves)).ok());
  }
  EXPECT_EQ(moves, 10000);
  while (timers.PopDue(kEnd)) {
  }
  EXPECT_EQ(moves, 20000);
}

TEST(TimerQueueTest, WithoutMemoryNothingChanges) {
  // The status itself has a text, which needs memory, too.
  bool has_failed = true;
  for (std::size_t passing = 0; has_failed; ++passing) {
    SCOPED_TRACE(passing);
    TimerQueue<std::unique_ptr<int>> timers;
    int added = 0;
    // Often enough for each part to grow.
    for (int i = 0; i < 1000; ++i) {
      auto object = std::make_unique<int>(i);
      absl::StatusOr<TimerId> id = absl::UnknownError("");
      {
        const AllocationFailure failure(i == 0 ? passing : i % 3);
        id = timers.Add(nanoseconds(i), std::move(object));
        if (i == 0) has_failed = failure.has_failed();
      }
      if (id.ok()) {
        ++added;
      } else {
        EXPECT_EQ(id.status().code(), absl::StatusCode::kResourceExhausted);
        ASSERT_NE(object, nullptr) << "it was moved";
        EXPECT_EQ(*object, i);
        ASSERT_TRUE(timers.Add(nanoseconds(i), std::move(object)).ok());
        ++added;
      }
      ASSERT_EQ(timers.size(), static_cast<std::size_t>(added));
    }
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(**timers.PopDue(kEnd), i);
    ASSERT_LT(passing, 100u);
  }
}

TEST(TimerQueueTest, AllocatesForGrowthOnly) {
  constexpr int kTimers = 1 << 14;
  TimerQueue<std::uint64_t> timers;
  std::vector<TimerId> ids(kTimers);
  const auto fill = [&] {
    for (int i = 0; i < kTimers; ++i) {
      ids[static_cast<std::size_t>(i)] =
          MustAdd(timers, nanoseconds(i * 7919 % kTimers), std::uint64_t{1});
    }
  };
  fill();
  for (const TimerId id : ids) ASSERT_TRUE(timers.Cancel(id));

  const AllocationCounter counter;
  fill();
  for (int i = 0; i < kTimers; i += 3) {
    timers.Postpone(ids[static_cast<std::size_t>(i)], nanoseconds(i));
    timers.Cancel(ids[static_cast<std::size_t>(i + 1) % kTimers]);
  }
  timers.UntilNext(nanoseconds(0));
  while (timers.PopDue(kEnd)) {
  }
  fill();
  EXPECT_EQ(counter.allocations(), 0u);
}

TEST(TimerQueueTest, TakesThirtyTwoBytesATimer) {
  // A vector doubles, so with a power of two none has room to spare; what is
  // allocated on the way is not held.
  constexpr std::size_t kTimers = 1 << 16;
  TimerQueue<std::uint64_t> timers;
  const AllocationCounter counter;
  for (std::size_t i = 0; i < kTimers; ++i) {
    ASSERT_TRUE(timers.Add(nanoseconds(i), i).ok());
  }
  // All the vectors that were outgrown are as large as the last ones together.
  const std::size_t objects = kTimers * sizeof(std::uint64_t);
  EXPECT_LE(counter.bytes() - objects, 2 * 32 * kTimers + objects / 4);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
