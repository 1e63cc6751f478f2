// Both ways to wake a queue: EVFILT_USER, and the pipe of the systems without.

#include "backends/kqueue/waker.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/pipe_waker.h"
#include "backends/kqueue/system.h"
#include "backends/kqueue/user_waker.h"
#include "backends/posix/selector_life.h"
#include "event/internal/wait_timeout.h"
#include "gtest/gtest.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace kqueue {
namespace {

using event_selector::testing::ScopedSystem;
using event_selector::testing::System;

template <typename Signaller>
class WakerTest : public ::testing::Test {
 protected:
  WakerTest() { EXPECT_TRUE(OpenAll()); }

  bool OpenAll() {
    const ScopedSystem scope(System::kNetBsd7);
    return queue_.Open().ok() && waker_.Open(queue_).ok();
  }

  // Whether a wake-up comes within `timeout`.
  bool IsWoken(absl::Duration timeout = absl::ZeroDuration()) {
    Kevent event;
    internal::WaitTimeout left(timeout);
    return queue_.Wait(absl::MakeSpan(&event, 1), left) == 1 &&
           waker_.IsWakeUp(event);
  }

  posix::SelectorLife life_;
  KqueueQueue queue_{life_};
  BasicWaker<Signaller> waker_;
};
using Signallers = ::testing::Types<UserWaker, PipeWaker>;
TYPED_TEST_SUITE(WakerTest, Signallers);

TYPED_TEST(WakerTest, EachWakeIsOneEvent) {
  EXPECT_FALSE(this->IsWoken());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(this->waker_.Wake());
    EXPECT_TRUE(this->waker_.Wake());
    EXPECT_TRUE(this->IsWoken());
    EXPECT_TRUE(this->waker_.Acknowledge());
    EXPECT_FALSE(this->IsWoken());
  }
}

// What nobody reads fills the pipe up, some day.
TYPED_TEST(WakerTest, AnyNumberOfTimes) {
  constexpr int kMoreThanAPipeHolds = 70'000;
  for (int i = 0; i < kMoreThanAPipeHolds; ++i) {
    ASSERT_TRUE(this->waker_.Wake());
    ASSERT_TRUE(this->waker_.Acknowledge());
  }
  EXPECT_TRUE(this->IsWoken());
  EXPECT_FALSE(this->IsWoken());
}

TYPED_TEST(WakerTest, ForEverIsForEverybodyWhoPassesItOn) {
  constexpr int kWaiters = 4;
  std::atomic<int> woken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWaiters; ++i) {
    threads.emplace_back([this, &woken] {
      if (!this->IsWoken(absl::Seconds(20))) return;
      ++woken;
      this->waker_.WakeForever();
    });
  }
  this->waker_.WakeForever();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(woken, kWaiters);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(this->IsWoken());
}

TYPED_TEST(WakerTest, OwnsItsDescriptorsAndNoOthers) {
  EXPECT_FALSE(this->waker_.Owns(-1));
  EXPECT_FALSE(this->waker_.Owns(0));
}

}  // namespace
}  // namespace kqueue
}  // namespace event_selector
