#include "examples/wake_from_threads/worker_pool.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"

namespace examples {
namespace wake_from_threads {
namespace {

std::string Echo(const std::string& question,
                 const std::atomic<bool>& /*cancelled*/) {
  return absl::StrCat("answer to ", question);
}

std::vector<Result> TakeResults(WorkerPool& pool) {
  std::vector<Result> results;
  pool.TakeResults(results);
  return results;
}

class WorkerPoolTest : public testing::Test {
 protected:
  // Waits for a wake-up, as a loop does.
  void AwaitWakeUp(absl::Duration timeout = absl::InfiniteDuration()) {
    event_selector::Event events[1];
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_->Wait(absl::MakeSpan(events), timeout);
    ASSERT_TRUE(ready.ok()) << ready.status();
    EXPECT_TRUE(ready->empty());
  }

  const std::unique_ptr<event_selector::Selector> selector_ =
      *event_selector::Selector::Create();
};

Job JobOf(std::uint64_t number) {
  return {event_selector::Token(7), number, absl::StrCat("question ", number)};
}

void AwaitIdle(const WorkerPool& pool) {
  while (true) {
    const WorkerPool::Load load = pool.load();
    if (load.running == 0 && load.waiting == 0) return;
    std::this_thread::yield();
  }
}

TEST_F(WorkerPoolTest, TheResultIsThereWhenTheLoopWakesUp) {
  const auto owned = WorkerPool::Create(1, Echo, *selector_).value();
  WorkerPool& pool = *owned;
  for (std::uint64_t number = 1; number <= 2000; ++number) {
    pool.Submit(JobOf(number));
    AwaitWakeUp();
    const std::vector<Result> results = TakeResults(pool);
    ASSERT_EQ(results.size(), 1u) << number;
    EXPECT_EQ(results[0].client, event_selector::Token(7));
    EXPECT_EQ(results[0].number, number);
    EXPECT_EQ(results[0].answer, absl::StrCat("answer to question ", number));
  }
}

TEST_F(WorkerPoolTest, WakeUpsThatCountAsOneLoseNoResult) {
  constexpr std::size_t kJobs = 100;
  const auto owned = WorkerPool::Create(3, Echo, *selector_).value();
  WorkerPool& pool = *owned;
  for (std::uint64_t number = 1; number <= kJobs; ++number) {
    pool.Submit(JobOf(number));
  }
  // The loop is busy with something else, until all are done.
  AwaitIdle(pool);
  AwaitWakeUp();
  EXPECT_EQ(TakeResults(pool).size(), kJobs);
  EXPECT_TRUE(TakeResults(pool).empty());
}

TEST_F(WorkerPoolTest, OneWorkerKeepsTheOrder) {
  const auto owned = WorkerPool::Create(1, Echo, *selector_).value();
  WorkerPool& pool = *owned;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    pool.Submit(JobOf(number));
  }
  AwaitIdle(pool);
  const std::vector<Result> results = TakeResults(pool);
  ASSERT_EQ(results.size(), 100u);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].number, i + 1);
  }
}

TEST_F(WorkerPoolTest, StopCancelsWhatRunsAndForgetsWhatWaits) {
  std::atomic<int> calls(0);
  const auto owned =
      WorkerPool::Create(
          2,
          [&](const std::string&, const std::atomic<bool>& cancelled) {
            ++calls;
            while (!cancelled.load()) std::this_thread::yield();
            return std::string("cancelled");
          },
          *selector_)
          .value();
  WorkerPool& pool = *owned;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    pool.Submit(JobOf(number));
  }
  while (pool.load().running < 2) std::this_thread::yield();
  EXPECT_EQ(pool.load().waiting, 3u);
  pool.Stop();
  EXPECT_EQ(calls.load(), 2);
  EXPECT_EQ(pool.load().waiting, 0u);
  pool.Submit(JobOf(6));
  EXPECT_EQ(pool.load().waiting, 0u);
  pool.Stop();
}

TEST_F(WorkerPoolTest, StopEndsWorkersThatSleep) {
  for (int i = 0; i < 100; ++i)
    WorkerPool::Create(4, Echo, *selector_).value()->Stop();
}

}  // namespace
}  // namespace wake_from_threads
}  // namespace examples
