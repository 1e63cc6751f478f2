#include "event/internal/histogram_recorder.h"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "event/histogram.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

TEST(HistogramRecorderTest, IsReadAsWhatWasRecorded) {
  for (const Writers writers : {Writers::kOne, Writers::kMany}) {
    HistogramRecorder recorder;
    EXPECT_EQ(recorder.Read(), Histogram());
    Histogram expected;
    for (const std::uint64_t value : {500u, 3u, 0u, 123456u, 500u}) {
      recorder.Record(value, writers);
      expected.Record(value);
      EXPECT_EQ(recorder.Read(), expected);
    }
  }
}

TEST(HistogramRecorderTest, LosesNothingOfManyWriters) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kValues = 200000;
  HistogramRecorder recorder;
  std::atomic<std::uint64_t> running{0};
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&recorder, &running, thread] {
      // At the same time, not one after the other.
      ++running;
      while (running < kThreads) std::this_thread::yield();
      for (std::uint64_t i = 0; i < kValues; ++i) {
        recorder.Record(10 + (i + thread) % 5, Writers::kMany);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Histogram expected;
  for (std::uint64_t value = 10; value < 15; ++value) {
    expected.Record(value, kThreads * kValues / 5);
  }
  EXPECT_EQ(recorder.Read(), expected);
}

// Each number only grows, and what is read is a histogram like any other.
TEST(HistogramRecorderTest, IsReadWhileItGrows) {
  for (const Writers writers : {Writers::kOne, Writers::kMany}) {
    HistogramRecorder recorder;
    std::atomic<bool> is_over{false};
    std::thread writer([&] {
      for (std::uint64_t i = 0; !is_over; ++i) {
        recorder.Record(100 + i % 900, writers);
      }
    });
    Histogram before;
    while (before.count() < 10000) {
      const Histogram now = recorder.Read();
      EXPECT_GE(now.count(), before.count());
      EXPECT_GE(now.sum(), before.sum());
      if (now.count() != 0) {
        EXPECT_GE(now.min(), 100u - 100u / 16);
        EXPECT_LE(now.max(), 999u + 999u / 16);
        EXPECT_LE(now.min(), now.max());
      }
      before = now;
    }
    is_over = true;
    writer.join();
  }
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
