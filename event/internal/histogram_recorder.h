#ifndef EVENT_INTERNAL_HISTOGRAM_RECORDER_H_
#define EVENT_INTERNAL_HISTOGRAM_RECORDER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "event/histogram.h"
#include "event/internal/log_linear_buckets.h"

namespace event_selector {
namespace internal {

// Who else may write to the same object at the same time.
enum class Writers { kOne, kMany };

static_assert(std::atomic<std::uint64_t>::is_always_lock_free,
              "counters are written in signal handlers, and without waiting");

// Adds `amount` to `counter`. Where there is one writer, by a load and a store,
// which need not keep other cores from the cache line in between.
inline void Increase(std::atomic<std::uint64_t>& counter, std::uint64_t amount,
                     Writers writers) {
  if (writers == Writers::kOne) {
    counter.store(counter.load(std::memory_order_relaxed) + amount,
                  std::memory_order_relaxed);
  } else {
    counter.fetch_add(amount, std::memory_order_relaxed);
  }
}

// A histogram that grows while other threads read it. Lock-free and without
// allocation.
//
// All memory orders are relaxed: each number is right by itself and never
// decreases, and nothing is concluded from one about another.
class HistogramRecorder {
 public:
  // Every call of an object must name the same `writers`; with Writers::kOne,
  // the caller sees to it that there is one at a time.
  void Record(std::uint64_t value, Writers writers) {
    Increase(counts_[BucketOf(value)], 1, writers);
    Increase(sum_, value, writers);
    // Rarely more than two comparisons.
    Lower(value);
    Raise(value);
  }

  // What was recorded so far, from any thread. Of a `Record` that runs at the
  // same time, the sum may hold its value and the buckets not, or the other way
  // round. Some 1,000 loads.
  Histogram Read() const {
    Histogram::Counts counts;
    for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
      counts[bucket] = counts_[bucket].load(std::memory_order_relaxed);
    }
    return Histogram(counts, sum_.load(std::memory_order_relaxed),
                     min_.load(std::memory_order_relaxed),
                     max_.load(std::memory_order_relaxed));
  }

 private:
  void Lower(std::uint64_t value) {
    std::uint64_t min = min_.load(std::memory_order_relaxed);
    while (value < min &&
           !min_.compare_exchange_weak(min, value, std::memory_order_relaxed)) {
    }
  }
  void Raise(std::uint64_t value) {
    std::uint64_t max = max_.load(std::memory_order_relaxed);
    while (value > max &&
           !max_.compare_exchange_weak(max, value, std::memory_order_relaxed)) {
    }
  }

  // First, what every call touches.
  std::atomic<std::uint64_t> sum_{0};
  std::atomic<std::uint64_t> min_{std::numeric_limits<std::uint64_t>::max()};
  std::atomic<std::uint64_t> max_{0};
  std::array<std::atomic<std::uint64_t>, kLogLinearBuckets> counts_ = {};
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_HISTOGRAM_RECORDER_H_
