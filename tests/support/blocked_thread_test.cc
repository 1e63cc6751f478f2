#include "tests/support/blocked_thread.h"

#include <atomic>
#include <future>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

TEST(BlockedThreadTest, NamesEachThreadDifferently) {
  ThreadId other(0);
  std::thread thread([&other] { other = CurrentThreadId(); });
  const ThreadId here = CurrentThreadId();
  thread.join();
  EXPECT_NE(other.value(), here.value());
  EXPECT_EQ(CurrentThreadId().value(), here.value());
}

TEST(BlockedThreadTest, SeesThatAThreadWaitsInASystemCall) {
  const SocketPair pair = MakeStreamPair();
  std::promise<ThreadId> id;
  std::atomic<bool> woken = false;
  std::thread thread([&] {
    id.set_value(CurrentThreadId());
    EXPECT_TRUE(AwaitReadable(pair.a.handle(), absl::Seconds(60)));
    woken = true;
  });
  AwaitBlocked(id.get_future().get());
  EXPECT_FALSE(woken);
  SendAll(pair.b.handle(), "x");
  thread.join();
}

TEST(BlockedThreadTest, WaitsForABusyThread) {
  const SocketPair pair = MakeStreamPair();
  std::promise<ThreadId> id;
  std::atomic<bool> done_working = false;
  std::thread thread([&] {
    id.set_value(CurrentThreadId());
    const absl::Time end = absl::Now() + absl::Milliseconds(100);
    while (absl::Now() < end) {
    }
    done_working = true;
    EXPECT_TRUE(AwaitReadable(pair.a.handle(), absl::Seconds(60)));
  });
  AwaitBlocked(id.get_future().get());
#if defined(__linux__)
  EXPECT_TRUE(done_working);  // Elsewhere a starved thread looks blocked.
#endif
  SendAll(pair.b.handle(), "x");
  thread.join();
}

#if defined(__linux__)
TEST(BlockedThreadTest, IsNotDeceivedByAThreadThatSleepsElsewhere) {
  const SocketPair pair = MakeStreamPair();
  std::promise<ThreadId> id;
  std::atomic<bool> done_sleeping = false;
  std::thread thread([&] {
    id.set_value(CurrentThreadId());
    absl::SleepFor(absl::Milliseconds(50));
    done_sleeping = true;
    EXPECT_TRUE(AwaitReadable(pair.a.handle(), absl::Seconds(60)));
  });
  AwaitBlocked(id.get_future().get());
  EXPECT_TRUE(done_sleeping);
  SendAll(pair.b.handle(), "x");
  thread.join();
}
#endif

TEST(BlockedThreadDeathTest, AbortsWhereTheThreadHasEnded) {
  ThreadId ended(0);
  std::thread thread([&ended] { ended = CurrentThreadId(); });
  thread.join();
  EXPECT_DEATH(AwaitBlocked(ended), "AwaitBlocked");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
