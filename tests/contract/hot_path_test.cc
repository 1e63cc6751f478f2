// W7 of the contract, and what B2, K2 and K3 say of system calls: what the hot
// path costs, counted.

#include <cstddef>
#include <ostream>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mailbox.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/linux/system_calls.h"
#include "tests/support/count_allocations.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// What some calls cost the thread that made them.
struct Cost {
  int system_calls;
  int clock_reads;
  std::size_t allocations;
};

bool operator==(const Cost& a, const Cost& b) {
  return a.system_calls == b.system_calls && a.clock_reads == b.clock_reads &&
         a.allocations == b.allocations;
}

std::ostream& operator<<(std::ostream& out, const Cost& cost) {
  return out << "{" << cost.system_calls << " system calls, "
             << cost.clock_reads << " clock reads, " << cost.allocations
             << " allocations}";
}

// What `calls` cost on `backend`.
template <typename Calls>
Cost CostOf(const Backend& backend, const Calls& calls) {
  CountingSystemCalls counting;
  const ScopedSystemCalls scope(counting);
  const auto played = [&backend] {
    return backend.played_system_calls == nullptr
               ? 0
               : backend.played_system_calls();
  };
  const int played_before = played();
  const AllocationCounter allocations;
  calls();
  const std::size_t allocated = allocations.allocations();
  const int system_calls = backend.played_system_calls == nullptr
                               ? counting.total()
                               : played() - played_before;
  return {system_calls, counting.clock_reads, allocated};
}

constexpr Cost kOneSystemCall = {1, 0, 0};
constexpr Cost kNothing = {0, 0, 0};

class HotPathContract : public ContractTest {
 protected:
  HotPathContract() : events_(128) {}

  template <typename Calls>
  static Cost CostOf(const Calls& calls) {
    return testing::CostOf(GetParam(), calls);
  }

  // What a `Wait` costs that reads no clock for its timeout: the system calls,
  // and who measures each `Wait` needs the time before and after.
  static Cost WaitWith(int system_calls) {
    return {system_calls, GetParam().is_instrumented ? 2 : 0, 0};
  }

  Cost CostOfWait(absl::Duration timeout, std::size_t room,
                  std::size_t expected_events) {
    std::size_t count = 0;
    const Cost cost = CostOf([&] {
      const auto ready =
          selector().Wait(absl::MakeSpan(events_).first(room), timeout);
      count = ready.ok() ? ready->size() : events_.size();
    });
    EXPECT_EQ(count, expected_events);
    return cost;
  }

  // Watches `count` handles that are always ready.
  void Watch(std::size_t count, Mode mode) {
    while (pairs_.size() < count) {
      pairs_.push_back(MakeStreamPair());
      ASSERT_THAT(selector().Add(pairs_.back().a.handle(), Token(pairs_.size()),
                                 Interest::kWritable, mode),
                  IsOk());
    }
  }

  std::vector<Event> events_;
  std::vector<SocketPair> pairs_;
};
EVENT_INSTANTIATE_CONTRACT(HotPathContract);

TEST_P(HotPathContract, W7ZeroTimeoutWithNothingReady) {
  if (GetParam().keeps_numbers) RecordLimit("W7", "takes a lock");
  if (GetParam().is_instrumented) RecordLimit("W7", "reads the clock twice");
  // Who watches nothing knows that.
  const int calls = GetParam().is_io_uring ? 0 : 1;
  EXPECT_EQ(CostOfWait(absl::ZeroDuration(), 64, 0), WaitWith(calls));
  EXPECT_EQ(CostOfWait(-absl::Seconds(1), 64, 0), WaitWith(calls));
}

TEST_P(HotPathContract, W7ZeroTimeoutWithHandlesThatAreNotReady) {
  if (GetParam().is_io_uring) {
    RecordLimit("W7", "makes another call for each twenty events");
  }
  EVENT_REQUIRE(Mode::kOneshot);
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable,
                             Mode::kOneshot),
              IsOk());
  // It tells the kernel what it has not been told yet, if anything.
  (void)CostOfWait(absl::ZeroDuration(), 64, 0);
  const bool knows = GetParam().is_io_uring;
  EXPECT_EQ(CostOfWait(absl::ZeroDuration(), 64, 0), WaitWith(knows ? 0 : 1));
  SendAll(pair.b.handle(), "x");
  EXPECT_EQ(CostOfWait(absl::ZeroDuration(), 64, 1), WaitWith(1));
}

TEST_P(HotPathContract, W7ZeroAndInfiniteTimeoutWithEvents) {
  Watch(100, Mode::kLevel);
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), absl::InfiniteDuration()}) {
    EXPECT_EQ(CostOfWait(timeout, 128, 100), WaitWith(1));
    EXPECT_EQ(CostOfWait(timeout, 1, 1), WaitWith(1));
    EXPECT_EQ(CostOfWait(timeout, 7, 7), WaitWith(1));
  }
}

TEST_P(HotPathContract, W7FiniteTimeoutsReadTheClockOnce) {
  for (const absl::Duration timeout :
       {absl::Milliseconds(1), absl::Microseconds(100)}) {
    const Cost cost = CostOfWait(timeout, 64, 0);
    EXPECT_EQ(cost.system_calls, 1);
    EXPECT_EQ(cost.allocations, 0u);
    EXPECT_LE(cost.clock_reads, WaitWith(1).clock_reads + 1);
  }
  Watch(1, Mode::kLevel);
  EXPECT_EQ(CostOfWait(kForSure, 64, 1).system_calls, 1);
}

TEST_P(HotPathContract, W7AWakeUpCostsNoFurtherCallWhereThereIsRoom) {
  ASSERT_THAT(selector().Wake(), IsOk());
  EXPECT_EQ(CostOfWait(absl::InfiniteDuration(), 2, 0), WaitWith(1));
  Watch(3, Mode::kLevel);
  ASSERT_THAT(selector().Wake(), IsOk());
  EXPECT_EQ(CostOfWait(absl::InfiniteDuration(), 5, 3), WaitWith(1));
}

TEST_P(HotPathContract, K3OneMoreCallWhereAWakeUpTookTheLastPlace) {
  EVENT_REQUIRE(Mode::kEdge);
  ASSERT_THAT(selector().Wake(), IsOk());
  Watch(2, Mode::kEdge);
  // (Where it has a place of its own, in a ring, the first Wait takes another
  // call to begin with.)
  EXPECT_EQ(CostOfWait(absl::InfiniteDuration(), 2, 2), WaitWith(2));
}

TEST_P(HotPathContract, K2OnlyTheFirstPendingWakeCostsASystemCall) {
  const auto wake = [this] { (void)selector().Wake(); };
  for (int i = 0; i < 3; ++i) {
    // A selector that has its own table knows that nobody waits.
    EXPECT_EQ(CostOf(wake),
              GetParam().keeps_numbers ? kNothing : kOneSystemCall);
    for (int j = 0; j < 100; ++j) EXPECT_EQ(CostOf(wake), kNothing);
    EXPECT_EQ(CostOfWait(absl::InfiniteDuration(), 4, 0), WaitWith(1));
  }
}

TEST_P(HotPathContract, ARegistrationCostsOneSystemCallAndNoMemory) {
  // Defers changes, and keeps a table: see tests/epoll and tests/poll.
  if (GetParam().name == "epoll_single_waiter" || GetParam().is_io_uring ||
      GetParam().keeps_numbers) {
    return;
  }
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  if (GetParam().keeps_table) {  // The memory of its neighbours, too.
    ASSERT_THAT(selector().Add(handle, Token(1), Interest::kReadable), IsOk());
    ASSERT_THAT(selector().Remove(handle), IsOk());
  }
  EXPECT_EQ(CostOf([&] {
              (void)selector().Add(handle, Token(1), Interest::kReadable);
            }),
            kOneSystemCall);
  EXPECT_EQ(CostOf([&] {
              (void)selector().Modify(handle, Token(2), Interest::kNone,
                                      Mode::kLevel);
            }),
            kOneSystemCall);
  EXPECT_EQ(CostOf([&] { (void)selector().Remove(handle); }), kOneSystemCall);
}

TEST_P(HotPathContract, B2APostToAMailboxThatIsNotEmptyCostsNothing) {
  Mailbox<int> mailbox(selector());
  std::vector<int> items;
  // The first time the mailbox grows.
  for (int time = 0; time < 3; ++time) {
    ASSERT_THAT(mailbox.Post(0), IsOk());
    const Cost cost = CostOf([&] {
      for (int i = 1; i <= 100; ++i) mailbox.Post(int{i}).IgnoreError();
    });
    if (time == 2) {
      EXPECT_EQ(cost, kNothing);
    }
    EXPECT_EQ(CostOfWait(absl::InfiniteDuration(), 64, 0).allocations, 0u);
    mailbox.TakeAll(items);
    EXPECT_EQ(items.size(), 101u);
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
