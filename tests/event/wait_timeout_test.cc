#include "event/internal/wait_timeout.h"

#include <cstdint>
#include <limits>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

constexpr int kMostMilliseconds = std::numeric_limits<int>::max();
const absl::Duration kQuarter = absl::Nanoseconds(1) / 4;

struct Time {
  std::int64_t tv_sec;
  long tv_nsec;
};

Time Timespec(absl::Duration timeout) {
  return WaitTimeout(timeout).ToTimespec<Time>();
}

TEST(WaitTimeoutTest, ZeroAndLessIsOver) {
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), -kQuarter, -absl::InfiniteDuration()}) {
    WaitTimeout none(timeout);
    EXPECT_EQ(none.remaining_ns(), 0);
    EXPECT_EQ(none.milliseconds(), 0);
    EXPECT_FALSE(none.is_running());
    EXPECT_FALSE(none.is_forever());
    EXPECT_FALSE(none.is_fine());
    EXPECT_TRUE(none.fits_milliseconds());
    EXPECT_TRUE(none.fits_timespec());
    none.Refresh();
    EXPECT_EQ(none.remaining_ns(), 0);
  }
  EXPECT_EQ(WaitTimeout::Zero().remaining_ns(), 0);
}

TEST(WaitTimeoutTest, AnInfiniteOneStaysSo) {
  WaitTimeout forever(absl::InfiniteDuration());
  forever.Refresh();
  EXPECT_EQ(forever.remaining_ns(), WaitTimeout::kForever);
  EXPECT_EQ(forever.milliseconds(), -1);
  EXPECT_TRUE(forever.is_forever());
  EXPECT_FALSE(forever.is_running());
  EXPECT_FALSE(forever.is_fine());
  EXPECT_FALSE(forever.fits_milliseconds());
  EXPECT_FALSE(forever.fits_timespec());
}

TEST(WaitTimeoutTest, RoundsUp) {
  EXPECT_EQ(WaitTimeout(kQuarter).remaining_ns(), 1);
  EXPECT_EQ(WaitTimeout(absl::Nanoseconds(1)).milliseconds(), 1);
  EXPECT_EQ(WaitTimeout(absl::Milliseconds(1)).milliseconds(), 1);
  EXPECT_EQ(WaitTimeout(absl::Milliseconds(1) + kQuarter).milliseconds(), 2);
  EXPECT_EQ(WaitTimeout(absl::Seconds(7) - kQuarter).milliseconds(), 7000);
  EXPECT_EQ(Timespec(kQuarter).tv_nsec, 1);
  EXPECT_EQ(Timespec(absl::Seconds(7) - kQuarter).tv_sec, 7);
  EXPECT_EQ(Timespec(absl::Seconds(7) - kQuarter).tv_nsec, 0);
}

TEST(WaitTimeoutTest, IsFineIfMillisecondsAreTooCoarse) {
  EXPECT_TRUE(WaitTimeout(absl::Nanoseconds(1)).is_fine());
  EXPECT_TRUE(WaitTimeout(absl::Microseconds(1500)).is_fine());
  EXPECT_FALSE(WaitTimeout(absl::Milliseconds(3)).is_fine());
}

TEST(WaitTimeoutTest, WhatIsLongerThanACallTakesSeveral) {
  const absl::Duration most = absl::Milliseconds(kMostMilliseconds);
  EXPECT_EQ(WaitTimeout(most).milliseconds(), kMostMilliseconds);
  EXPECT_TRUE(WaitTimeout(most).fits_milliseconds());
  const WaitTimeout longer(most + absl::Nanoseconds(1));
  EXPECT_EQ(longer.milliseconds(), kMostMilliseconds);
  EXPECT_FALSE(longer.fits_milliseconds());
  EXPECT_FALSE(longer.is_fine());
  EXPECT_TRUE(longer.fits_timespec());
}

TEST(WaitTimeoutTest, ATimespecHasThreeYearsAtMost) {
  const absl::Duration most = absl::Seconds(100'000'000);
  EXPECT_EQ(Timespec(most).tv_sec, 100'000'000);
  EXPECT_TRUE(WaitTimeout(most).fits_timespec());
  const absl::Duration longest = absl::Hours(24 * 365 * 400);
  for (const absl::Duration longer : {most + absl::Nanoseconds(1), longest}) {
    EXPECT_EQ(Timespec(longer).tv_sec, 100'000'000);
    EXPECT_EQ(Timespec(longer).tv_nsec, 0);
    EXPECT_FALSE(WaitTimeout(longer).fits_timespec());
    EXPECT_EQ(WaitTimeout(longer).milliseconds(), kMostMilliseconds);
  }
}

TEST(WaitTimeoutTest, RefreshTakesOffWhatHasPassed) {
  WaitTimeout moment(absl::Nanoseconds(1));
  while (moment.is_running()) moment.Refresh();
  EXPECT_EQ(moment.remaining_ns(), 0);
  WaitTimeout hours(absl::Hours(1000));
  hours.Refresh();
  EXPECT_LE(hours.remaining_ns(), absl::ToInt64Nanoseconds(absl::Hours(1000)));
  EXPECT_TRUE(hours.is_running());
}

// Its end lies behind that of the clock's 64 bits.
TEST(WaitTimeoutTest, TheLongestDoesNotOverflow) {
  for (const absl::Duration longest :
       {absl::Hours(24 * 365 * 400),
        absl::Nanoseconds(std::numeric_limits<std::int64_t>::max())}) {
    WaitTimeout timeout(longest);
    timeout.Refresh();
    EXPECT_TRUE(timeout.is_running());
    EXPECT_FALSE(timeout.fits_timespec());
  }
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
