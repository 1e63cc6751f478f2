// What a loop has besides sockets: timers, and work from other threads, as
// docs/guide.md shows them.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "gtest/gtest.h"

namespace {

// [begin timers]
class Timers {
 public:
  using Clock = std::chrono::steady_clock;  // Does not jump.

  void After(Clock::duration delay, std::function<void()> action) {
    actions_.emplace(Clock::now() + delay, std::move(action));
  }

  // How long the next Wait may be.
  absl::Duration UntilNext() const {
    if (actions_.empty()) return absl::InfiniteDuration();
    return absl::FromChrono(actions_.begin()->first - Clock::now());
  }

  // To be called after each Wait.
  void RunDue() {
    const Clock::time_point now = Clock::now();
    while (!actions_.empty() && actions_.begin()->first <= now) {
      // Out of the map first: an action may set the next timer.
      const auto due = actions_.extract(actions_.begin());
      due.mapped()();
    }
  }

 private:
  std::multimap<Clock::time_point, std::function<void()>> actions_;
};
// [end]

// [begin work from other threads]
class WorkQueue {
 public:
  // Wakes the loop of `selector`, which must outlive this object.
  explicit WorkQueue(event_selector::Selector& selector)
      : selector_(selector) {}

  // From any thread. The error is that of Wake, such as kCancelled.
  absl::Status Post(std::function<void()> work) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      work_.push_back(std::move(work));
    }
    return selector_.Wake();  // After the work is there, never before.
  }

  // By the loop, after each Wait.
  void RunAll() {
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      work.swap(work_);
    }
    for (const std::function<void()>& each : work) each();
  }

 private:
  event_selector::Selector& selector_;
  std::mutex mutex_;
  std::vector<std::function<void()>> work_;  // Guarded by `mutex_`.
};
// [end]

// [begin a whole loop]
absl::Status RunLoop(
    event_selector::Selector& selector, Timers& timers, WorkQueue& queue,
    const std::function<void(const event_selector::Event&)>& handle) {
  event_selector::Event events[256];
  for (;;) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events), timers.UntilNext());
    if (!ready.ok()) {
      return absl::IsCancelled(ready.status()) ? absl::OkStatus()
                                               : ready.status();
    }
    for (const event_selector::Event& event : *ready) handle(event);
    timers.RunDue();
    queue.RunAll();
  }
}
// [end]

void Ignore(const event_selector::Event& /*event*/) {}

TEST(LoopTest, TimersRunInTheirOrderAndNotEarly) {
  const auto selector = event_selector::Selector::Create().value();
  WorkQueue queue(*selector);
  Timers timers;
  std::vector<int> ran;
  const auto start = Timers::Clock::now();
  timers.After(std::chrono::milliseconds(20), [&] {
    ran.push_back(2);
    EXPECT_GE(Timers::Clock::now() - start, std::chrono::milliseconds(20));
    timers.After(std::chrono::milliseconds(1), [&] {
      ran.push_back(3);
      selector->Close();
    });
  });
  timers.After(std::chrono::milliseconds(5), [&] { ran.push_back(1); });
  EXPECT_TRUE(RunLoop(*selector, timers, queue, Ignore).ok());
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(timers.UntilNext(), absl::InfiniteDuration());
}

TEST(LoopTest, WorkFromOtherThreadsIsDoneByTheLoop) {
  const auto selector = event_selector::Selector::Create().value();
  WorkQueue queue(*selector);
  Timers timers;
  const std::thread::id loop = std::this_thread::get_id();
  int done = 0;  // The loop's own: no lock.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1'000; ++j) {
        const absl::Status posted = queue.Post([&] {
          EXPECT_EQ(std::this_thread::get_id(), loop);
          if (++done == 4'000) selector->Close();
        });
        // The last work may be done, and the selector closed, before Wake.
        EXPECT_TRUE(posted.ok() || absl::IsCancelled(posted)) << posted;
      }
    });
  }
  EXPECT_TRUE(RunLoop(*selector, timers, queue, Ignore).ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 4'000);
}

}  // namespace
