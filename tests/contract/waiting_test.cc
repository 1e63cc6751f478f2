// W1 to W6 of the contract: what a `Wait` returns, and when.

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/socket.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WaitingContract : public ContractTest {
 protected:
  Handle handle() const { return pair_.a.handle(); }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(WaitingContract);

TEST_P(WaitingContract, W1WhatIsReadyTogetherIsReportedTogether) {
  if (GetParam().is_io_uring) {
    RecordLimit("W1", "a oneshot event tells what woke it");
  }
  ASSERT_THAT(selector().Add(handle(), Token(1),
                             Interest::kReadable | Interest::kWritable),
              IsOk());
  SendAll(pair_.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(handle(), kForSure));
  EXPECT_THAT(
      WaitFor(kForSure),
      ElementsAre(IsEvent(1, Readiness::kReadable | Readiness::kWritable)));
}

TEST_P(WaitingContract, W2ZeroTimeoutNeverBlocks) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  EXPECT_THAT(WaitFor(absl::ZeroDuration()), IsEmpty());
  SendAll(pair_.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(handle(), kForSure));
  EXPECT_THAT(WaitFor(absl::ZeroDuration()), ElementsAre(HasToken(1)));
}

TEST_P(WaitingContract, W2NegativeTimeoutCountsAsZero) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  for (const absl::Duration timeout :
       {-absl::Nanoseconds(1), -absl::Milliseconds(1), -absl::Hours(1),
        -absl::InfiniteDuration()}) {
    EXPECT_THAT(WaitFor(timeout), IsEmpty()) << timeout;
  }
}

TEST_P(WaitingContract, W2InfiniteTimeoutBlocksUntilThereIsSomething) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  WaitingThread waiter(selector());
  EXPECT_FALSE(waiter.has_returned());
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_P(WaitingContract, W2VeryLongTimeoutsBlock) {
  for (const absl::Duration timeout :
       {absl::Hours(24 * 25), absl::Hours(24 * 365 * 300),
        absl::InfiniteDuration() / 2,
        absl::Nanoseconds(std::int64_t{1} << 62)}) {
    RecreateSelector();  // Each waiter may need one of its own.
    WaitingThread waiter(selector(), timeout);
    EXPECT_FALSE(waiter.has_returned()) << timeout;
    ASSERT_THAT(selector().Wake(), IsOk());
    EXPECT_THAT(waiter.events(), IsEmpty());
  }
}

TEST_P(WaitingContract, W3NeverReturnsEarly) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  for (const absl::Duration timeout :
       {absl::Nanoseconds(1), absl::Nanoseconds(999), absl::Microseconds(100),
        absl::Milliseconds(1), absl::Microseconds(1001),
        absl::Milliseconds(5) + absl::Nanoseconds(1), absl::Milliseconds(50),
        absl::Nanoseconds(1) / 4}) {
    for (int i = 0; i < 5; ++i) {
      const Stopwatch stopwatch;
      EXPECT_THAT(WaitFor(timeout), IsEmpty());
      EXPECT_THAT(stopwatch.Elapsed(), Ge(timeout));
    }
  }
}

TEST_P(WaitingContract, W3AnEventEndsTheWaitBeforeTheTimeout) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  WaitingThread waiter(selector(), kForSure);
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(waiter.events(), ElementsAre(HasToken(1)));
}

TEST_P(WaitingContract, W4AnEmptySpanIsRefused) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kWritable), IsOk());
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), absl::InfiniteDuration()}) {
    const absl::StatusOr<absl::Span<Event>> ready =
        selector().Wait(absl::Span<Event>(), timeout);
    EXPECT_THAT(ready.status(), HasCode(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
}

class ManyHandlesContract : public ContractTest {
 protected:
  static constexpr std::size_t kHandles = 100;

  // Watches many writable sockets, under the tokens 0, 1, 2, ...
  void WatchWritable(Mode mode) {
    while (pairs_.size() < kHandles) pairs_.push_back(MakeStreamPair());
    for (std::size_t i = 0; i < kHandles; ++i) {
      ASSERT_THAT(selector().Add(pairs_[i].a.handle(), Token(i),
                                 Interest::kWritable, mode),
                  IsOk());
    }
  }

  std::vector<SocketPair> pairs_;
};
EVENT_INSTANTIATE_CONTRACT(ManyHandlesContract);

TEST_P(ManyHandlesContract, W1EachRegistrationIsReportedOnce) {
  WatchWritable(Mode::kLevel);
  std::set<std::uint64_t> tokens;
  for (const Event& event : WaitFor(kForSure, 2 * kHandles)) {
    EXPECT_TRUE(tokens.insert(event.token.value()).second) << event;
    EXPECT_EQ(event.readiness, Readiness::kWritable);
  }
  EXPECT_THAT(tokens, SizeIs(kHandles));
}

TEST_P(ManyHandlesContract, W5EveryHandleHasItsTurn) {
  if (GetParam().is_io_uring) {
    RecordLimit("W5", "in turns of two queues");
  }
  WatchWritable(Mode::kLevel);
  for (const std::size_t room : {1, 7, 64, 99}) {
    SCOPED_TRACE(room);
    // However the last round ended, one turn of all the others comes between
    // two reports of a handle, and at most a part of a second one.
    std::map<std::uint64_t, std::size_t> last_report;
    for (std::size_t reports = 0; reports < 5 * kHandles;) {
      for (const Event& event : WaitFor(kForSure, room)) {
        const auto [entry, is_first] =
            last_report.emplace(event.token.value(), reports);
        if (!is_first) {
          EXPECT_LT(reports - entry->second, 2 * kHandles);
          entry->second = reports;
        }
        ++reports;
      }
      if (reports >= 2 * kHandles) {
        ASSERT_THAT(last_report, SizeIs(kHandles));
      }
    }
  }
}

TEST_P(ManyHandlesContract, W5WhatFindsNoRoomComesLater) {
  for (const Mode mode : {Mode::kEdge, Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    SCOPED_TRACE(mode);
    WatchWritable(mode);
    std::set<std::uint64_t> tokens;
    for (int calls = 0; calls < 15; ++calls) {  // 14 * 7 + 2 = 100
      for (const Event& event : WaitFor(kForSure, 7)) {
        EXPECT_TRUE(tokens.insert(event.token.value()).second) << event;
      }
    }
    EXPECT_THAT(tokens, SizeIs(kHandles));
    EXPECT_THAT(Poll(), IsEmpty());
    for (const SocketPair& pair : pairs_) {
      ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
    }
  }
}

TEST_P(ManyHandlesContract, TheSpanBehindTheEventsIsNotNeeded) {
  // Every size of the span, from too small to larger than what is ready; under
  // Wine one in ten.
  WatchWritable(Mode::kLevel);
  const std::size_t step = RunsUnderWine() ? 10 : 1;
  for (std::size_t room = 1; room <= kHandles + 3; room += step) {
    const std::vector<Event> events = WaitFor(kForSure, room);
    EXPECT_THAT(events, SizeIs(room < kHandles ? room : kHandles));
    std::set<std::uint64_t> tokens;
    for (const Event& event : events) {
      EXPECT_LT(event.token.value(), kHandles);
      EXPECT_TRUE(tokens.insert(event.token.value()).second);
      EXPECT_EQ(event.readiness, Readiness::kWritable);
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
