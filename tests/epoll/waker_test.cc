// What is particular about the eventfd waker: its counter, its token, its
// descriptors.

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_queue.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/stopwatch.h"
#include "tests/linux/system_calls.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr Token kWakersToken(epoll::EventfdWaker::kData);

// Remembers the eventfd, counts its reads and writes, and fails or does in
// between what the test says.
class WakerSystemCalls : public CountingSystemCalls {
 public:
  int Eventfd(unsigned int count, int flags) override {
    return descriptor = CountingSystemCalls::Eventfd(count, flags);
  }
  int EpollWait(int epoll, epoll_event* events, int room,
                int timeout) override {
    const int count =
        CountingSystemCalls::EpollWait(epoll, events, room, timeout);
    if (after_wait) std::exchange(after_wait, nullptr)();
    return count;
  }
  ssize_t Write(int fd, const void* buffer, std::size_t size) override {
    if (fd != descriptor || write_error == 0) {
      return CountingSystemCalls::Write(fd, buffer, size);
    }
    errno = write_error;
    return -1;
  }

  int descriptor = -1;
  int write_error = 0;
  std::function<void()> after_wait;  // Called once, with the events fetched.
};

class EpollWakerTest : public ::testing::Test {
 protected:
  EpollWakerTest() { selector_ = EpollSelector::Create().value(); }

  std::vector<Event> Wait(absl::Duration timeout, std::size_t room = 8) {
    std::vector<Event> events(room);
    events.resize(
        selector_->Wait(absl::MakeSpan(events), timeout).value().size());
    return events;
  }
  std::vector<Event> Poll() { return Wait(absl::ZeroDuration()); }

  // A wake-up arrives once, and then no more.
  void ExpectWakeUpsWork() {
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(selector_->Wake().ok());
      EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
    }
    const Stopwatch stopwatch;
    EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(5));
  }

  WakerSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
  std::unique_ptr<EpollSelector> selector_;
  SocketPair pair_ = MakeStreamPair();
  Handle handle_ = pair_.a.handle();
};

TEST_F(EpollWakerTest, TheCounterIsNotReadOnWakeUps) {
  ExpectWakeUpsWork();
  EXPECT_EQ(calls_.reads, 0);
  EXPECT_EQ(calls_.writes, 3);
}

TEST_F(EpollWakerTest, TheCountersLimitIsNoObstacle) {
  constexpr std::uint64_t kLimit = ~std::uint64_t{1};  // eventfd(2): 2^64-2
  ASSERT_EQ(eventfd_write(calls_.descriptor, kLimit), 0);
  Poll();
  ExpectWakeUpsWork();
  EXPECT_EQ(calls_.reads, 1);
}

TEST_F(EpollWakerTest, AFailedWakeIsReportedAndLeavesNothingPending) {
  calls_.write_error = EIO;
  EXPECT_EQ(selector_->Wake().code(), absl::StatusCode::kInternal);
  calls_.write_error = 0;
  Poll();
  ExpectWakeUpsWork();
  EXPECT_EQ(calls_.writes, 3);
}

// Somebody else's write to the descriptor is no call of Wake: it must neither
// end a wait early nor be lost as an endless event.
TEST_F(EpollWakerTest, ASpuriousWakeUpEndsNoWait) {
  ASSERT_EQ(eventfd_write(calls_.descriptor, 1), 0);
  const int waits = calls_.waits + calls_.fine_waits;
  EXPECT_THAT(Wait(absl::Milliseconds(20)), IsEmpty());
  EXPECT_EQ(calls_.waits + calls_.fine_waits, waits + 2);
  ExpectWakeUpsWork();
}

TEST_F(EpollWakerTest, ASpuriousWakeUpInTheLastPlaceIsNoEvent) {
  ASSERT_TRUE(selector_->Wake().ok());
  calls_.after_wait = [this] { eventfd_write(calls_.descriptor, 1); };
  EXPECT_THAT(Wait(absl::InfiniteDuration(), 1), IsEmpty());
  ExpectWakeUpsWork();
}

// K5: what a `Wait` has fetched before, it returns; none fetches anything
// after.
TEST_F(EpollWakerTest, CloseBehindTheSystemCallIsHeededByTheNextWait) {
  ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kWritable).ok());
  calls_.after_wait = [this] { selector_->Close(); };
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kWritable}));
  Event events[1];
  EXPECT_EQ(selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

TEST_F(EpollWakerTest, ItsDescriptorIsNotForCallers) {
  const Handle waker = calls_.descriptor;
  EXPECT_EQ(selector_->Remove(waker).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(
      selector_->Modify(waker, Token(1), Interest::kReadable, Mode::kLevel)
          .code(),
      absl::StatusCode::kNotFound);
  EXPECT_EQ(selector_->Add(waker, Token(1), Interest::kReadable).code(),
            absl::StatusCode::kInvalidArgument);
  ExpectWakeUpsWork();
}

// R8, K1 to K3: the waker's own token is a token like any other.
class EpollWakersTokenTest : public EpollWakerTest {};

TEST_F(EpollWakersTokenTest, ItComesBackWithEvents) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    ASSERT_TRUE(
        selector_->Add(handle_, kWakersToken, Interest::kWritable, mode).ok());
    EXPECT_THAT(Poll(), ElementsAre(Event{kWakersToken, Readiness::kWritable}));
    SendAll(pair_.b.handle(), "x");
    ASSERT_TRUE(
        selector_->Modify(handle_, kWakersToken, Interest::kReadable, mode)
            .ok());
    EXPECT_THAT(Poll(), ElementsAre(Event{kWakersToken, Readiness::kReadable}));
    Drain(handle_);
    ASSERT_TRUE(selector_->Remove(handle_).ok());
    ExpectWakeUpsWork();
  }
}

// An eventfd of the caller's looks just like the waker.
TEST_F(EpollWakersTokenTest, ItComesBackWithAnEventfdsEvents) {
  const Socket own(eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC));
  ASSERT_TRUE(
      selector_
          ->Add(own.handle(), kWakersToken, Interest::kReadable, Mode::kEdge)
          .ok());
  const Event expected = {kWakersToken, Readiness::kReadable};
  EXPECT_THAT(Poll(), ElementsAre(expected));
  EXPECT_THAT(Poll(), IsEmpty());
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(eventfd_write(own.handle(), 1), 0);
    ASSERT_TRUE(selector_->Wake().ok());
    EXPECT_THAT(Wait(absl::InfiniteDuration(), 1), ElementsAre(expected));
    EXPECT_THAT(Poll(), IsEmpty());
  }
  ExpectWakeUpsWork();
}

TEST_F(EpollWakersTokenTest, APendingWakeUpIsNotLost) {
  ASSERT_TRUE(selector_->Wake().ok());
  ASSERT_TRUE(selector_->Add(handle_, kWakersToken, Interest::kReadable).ok());
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
  ExpectWakeUpsWork();
}

// The Wake comes when the move has just taken the edge of the wake-ups before.
TEST_F(EpollWakersTokenTest, AWakeUpWhileTheWakerMovesIsNotLost) {
  ExpectWakeUpsWork();
  calls_.after_wait = [this] { EXPECT_TRUE(selector_->Wake().ok()); };
  ASSERT_TRUE(selector_->Add(handle_, kWakersToken, Interest::kReadable).ok());
  EXPECT_EQ(calls_.after_wait, nullptr);
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
  ExpectWakeUpsWork();
}

// K3: only with a wake-up may registrations that share a token share an event.
// Here is none: the last is over, though the eventfd's counter still shows it.
TEST_F(EpollWakersTokenTest, AWakeUpThatIsOverTakesNoPlace) {
  constexpr Token kShared(1);
  const Handle other = pair_.b.handle();
  const Socket own(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  ExpectWakeUpsWork();
  ASSERT_TRUE(selector_->Add(handle_, kShared, Interest::kWritable).ok());
  ASSERT_TRUE(
      selector_->Add(own.handle(), kWakersToken, Interest::kWritable).ok());
  ASSERT_TRUE(selector_->Add(other, kShared, Interest::kWritable).ok());
  const int waits = calls_.waits;
  EXPECT_THAT(Wait(absl::ZeroDuration(), 3),
              UnorderedElementsAre(Event{kShared, Readiness::kWritable},
                                   Event{kShared, Readiness::kWritable},
                                   Event{kWakersToken, Readiness::kWritable}));
  EXPECT_EQ(calls_.waits, waits + 1);
}

TEST_F(EpollWakersTokenTest, NoWakeUpComesUnasked) {
  ExpectWakeUpsWork();
  ASSERT_TRUE(selector_->Add(handle_, kWakersToken, Interest::kReadable).ok());
  const Stopwatch stopwatch;
  EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
  EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(5));
  ExpectWakeUpsWork();
}

TEST_F(EpollWakersTokenTest, TheNestedDescriptorIsNotForCallers) {
  const std::set<int> before = OpenDescriptors();
  ASSERT_TRUE(selector_->Add(handle_, kWakersToken, Interest::kReadable).ok());
  int found = 0;
  for (const int descriptor : OpenDescriptors()) {
    if (before.count(descriptor) != 0) continue;
    ++found;
    EXPECT_TRUE(IsCloseOnExec(descriptor));
    EXPECT_EQ(selector_->Remove(descriptor).code(),
              absl::StatusCode::kNotFound);
  }
  EXPECT_EQ(found, 1);
  ExpectWakeUpsWork();
  selector_.reset();
  for (const int descriptor : OpenDescriptors()) {
    EXPECT_EQ(before.count(descriptor), 1u) << descriptor << " is left open";
  }
}

TEST_F(EpollWakersTokenTest, CloseWakesEveryWaiter) {
  ASSERT_TRUE(selector_->Add(handle_, kWakersToken, Interest::kReadable).ok());
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([this] {
      Event events[1];
      EXPECT_EQ(
          selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration())
              .status()
              .code(),
          absl::StatusCode::kCancelled);
    });
  }
  selector_->Close();
  for (std::thread& waiter : waiters) waiter.join();
}

// An `Add` with this token that a `Close` has overtaken: the waker must not
// move any more, since on its new way it would be an edge.
TEST(EventfdWakerTest, WhatIsAwakeForEverDoesNotMove) {
  epoll::EpollQueue queue;
  ASSERT_TRUE(queue.Open().ok());
  epoll::EventfdWaker waker;
  ASSERT_TRUE(waker.Open(queue).ok());
  waker.WakeForever();
  ASSERT_TRUE(waker.ShareToken().ok());
  for (int i = 0; i < 3; ++i) {
    epoll_event event;
    ASSERT_EQ(epoll_wait(queue.descriptor(), &event, 1, 0), 1);
    const std::uint64_t data = event.data.u64;  // A packed struct's member.
    EXPECT_EQ(data, epoll::EventfdWaker::kData);
    EXPECT_TRUE(waker.IsWakeUp(event.events));
  }
}

// The move to the nested queue, in the middle of waits and wake-ups. What
// counts is that each call of `Wake` is followed by the return of a `Wait`;
// ShareToken allows one event too many, so that one may not be empty.
TEST_F(EpollWakersTokenTest, MovingTheWakerLosesNoWakeUp) {
  constexpr int kWakeUps = 20;
  for (int round = 0; round < 200; ++round) {
    selector_ = EpollSelector::Create().value();
    std::atomic<int> sent{0};
    std::atomic<int> seen{0};
    std::thread waiter([&] {
      while (seen < kWakeUps) {
        Wait(absl::InfiniteDuration());
        seen = sent.load();
      }
    });
    std::thread waker([&] {
      for (int i = 1; i <= kWakeUps; ++i) {
        sent = i;
        EXPECT_TRUE(selector_->Wake().ok());
        while (seen < i) std::this_thread::yield();
      }
    });
    EXPECT_TRUE(
        selector_->Add(handle_, kWakersToken, Interest::kPriority).ok());
    EXPECT_TRUE(selector_->Remove(handle_).ok());
    waker.join();
    waiter.join();
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
