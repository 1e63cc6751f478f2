// The numbers that a program of usual length does not use up.

#include "event/internal/timer_heap.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "event/timer_id.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

std::vector<std::uint32_t> Round(TimerHeap& heap, std::int64_t now) {
  std::vector<std::uint32_t> due;
  for (;;) {
    const std::uint32_t slot = heap.FirstDue(now);
    if (slot == TimerHeap::kNoSlot) return due;
    due.push_back(slot);
    heap.RemoveFirst();
  }
}

TEST(TimerHeapTest, EqualDeadlinesKeepTheirOrderWhenItsNumbersAreUsedUp) {
  // The numbers are used up at each place among the timers, in turns.
  for (std::uint32_t before = 0; before < 20; ++before) {
    SCOPED_TRACE(before);
    TimerHeap heap(kMost - before);
    std::vector<TimerId> ids;
    for (int i = 0; i < 20; ++i)
      ids.push_back(heap.Add(heap.TakeSlot(), i % 2));
    EXPECT_THAT(Round(heap, 1), ElementsAre(0, 2, 4, 6, 8, 10, 12, 14, 16, 18,
                                            1, 3, 5, 7, 9, 11, 13, 15, 17, 19));
  }
}

TEST(TimerHeapTest, ThoseThatWerePostponedKeepTheirOrderToo) {
  for (std::uint32_t before = 0; before < 20; ++before) {
    SCOPED_TRACE(before);
    TimerHeap heap(kMost - before);
    std::vector<TimerId> ids;
    for (int i = 0; i < 10; ++i) {
      ids.push_back(heap.Add(heap.TakeSlot(), 100 - i));
    }
    EXPECT_EQ(heap.First(0), 91);
    for (const TimerId id : ids) EXPECT_TRUE(heap.Postpone(id, 200));
    for (int i = 0; i < 10; ++i) ids.push_back(heap.Add(heap.TakeSlot(), 200));
    EXPECT_THAT(Round(heap, 199), IsEmpty());
    EXPECT_THAT(Round(heap, 200),
                ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                            15, 16, 17, 18, 19));
  }
}

TEST(TimerHeapTest, TheNextRoundStaysTheNextWhenTheNumbersAreUsedUpInOne) {
  TimerHeap heap(kMost - 12);
  std::vector<TimerId> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(heap.Add(heap.TakeSlot(), 10 - i));
  ASSERT_EQ(heap.FirstDue(100), 9u);
  for (int i = 10; i < 20; ++i) ids.push_back(heap.Add(heap.TakeSlot(), 0));
  EXPECT_NE(heap.Remove(ids[11]), TimerHeap::kNoSlot);
  EXPECT_NE(heap.Remove(ids[3]), TimerHeap::kNoSlot);
  EXPECT_THAT(Round(heap, 100), ElementsAre(9, 8, 7, 6, 5, 4, 2, 1, 0));
  EXPECT_THAT(Round(heap, 100),
              ElementsAre(10, 12, 13, 14, 15, 16, 17, 18, 19));
}

TEST(TimerHeapTest, ASlotWhoseGenerationsAreUsedUpIsNotUsedAgain) {
  constexpr std::uint32_t kTimes = 4;
  TimerHeap heap(0, kMost - 1 - 2 * kTimes);
  std::vector<TimerId> ids;
  for (std::uint32_t i = 0; i < kTimes; ++i) {
    ids.push_back(heap.Add(heap.TakeSlot(), 0));
    ASSERT_EQ(heap.Remove(ids.back()), 0u);
    heap.GiveBack(0);
  }
  for (std::uint32_t i = 0; i < kTimes; ++i) {
    const std::uint32_t slot = heap.TakeSlot();
    ASSERT_EQ(slot, 1u);
    const TimerId id = heap.Add(slot, 0);
    for (const TimerId old : ids) {
      EXPECT_NE(old, id);
      EXPECT_EQ(heap.Remove(old), TimerHeap::kNoSlot);
    }
    ids.push_back(id);
    ASSERT_EQ(heap.Remove(id), 1u);
    heap.GiveBack(1);
  }
  EXPECT_EQ(heap.TakeSlot(), 2u);
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
