#ifndef EVENT_HISTOGRAM_H_
#define EVENT_HISTOGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

#include "absl/functional/function_ref.h"
#include "event/internal/cxx17.h"
#include "event/internal/log_linear_buckets.h"

namespace event_selector {

// Counts how often each value was seen. Values are numbers of things, or
// nanoseconds.
//
// The counts are kept in 976 buckets of fixed size. Each value up to 31 has a
// bucket of its own. Larger values, up to 2^64-1, are resolved to a sixteenth
// of the value. Count, sum and mean are exact. `min` and `max` are exact, too,
// unless the histogram is a difference. (The sum wraps around at 2^64: in
// nanoseconds, after 584 years.)
//
// A value type of 8 kB that never allocates. Thread-compatible: it is what a
// recorder in use by many threads hands out, not that recorder.
class Histogram {
 public:
  static constexpr std::size_t kBuckets = internal::kLogLinearBuckets;
  // The number of values in each bucket.
  using Counts = std::array<std::uint64_t, kBuckets>;

  // An empty histogram.
  Histogram() = default;

  // The histogram of what a recorder has counted: the number of values in each
  // bucket, and the sum, the least and the greatest of these values. `min` and
  // `max` are moved to the nearest values that agree with the buckets.
  Histogram(const Counts& counts, std::uint64_t sum, std::uint64_t min,
            std::uint64_t max);

  // Counts `value` as seen `times` times.
  void Record(std::uint64_t value, std::uint64_t times = 1);

  // Returns how many values were counted.
  std::uint64_t count() const { return count_; }
  // Returns the sum of all values.
  std::uint64_t sum() const { return sum_; }
  // Return the least and the greatest value, or 0 if there is no value.
  std::uint64_t min() const { return min_; }
  std::uint64_t max() const { return max_; }
  // Returns the mean of all values, or 0 if there is no value.
  double Mean() const;

  // Returns a value that at least `percent` percent of the values do not
  // exceed. It is never less than the exact percentile, at most a sixteenth
  // above it, and never outside `min` and `max`. Returns 0 if there is no
  // value. `Percentile(50)` is the median. A `percent` below 0 counts as 0, one
  // above 100 as 100.
  std::uint64_t Percentile(double percent) const;

  // The buckets, for those who export them. `bucket` must be below kBuckets. It
  // counts the values from LowerBound(bucket) to UpperBound(bucket), both
  // included.
  const Counts& counts() const { return counts_; }
  static constexpr std::uint64_t LowerBound(std::size_t bucket) {
    return internal::LowerBound(bucket);
  }
  static constexpr std::uint64_t UpperBound(std::size_t bucket) {
    return internal::UpperBound(bucket);
  }

  // Adds the values of `other`.
  Histogram& operator+=(const Histogram& other);
  friend Histogram operator+(Histogram a, const Histogram& b) { return a += b; }

  // Leaves what was counted since `earlier`, an earlier state of the same
  // histogram. The exact extremes of these values are not known. `min` may be
  // less than the exact one, and `max` greater, by at most a sixteenth of the
  // exact one. (Counts and sums that are greater in `earlier` become 0.)
  Histogram& operator-=(const Histogram& earlier);
  friend Histogram operator-(Histogram a, const Histogram& b) { return a -= b; }

  friend bool operator==(const Histogram& a, const Histogram& b) {
    return a.counts_ == b.counts_ && a.sum_ == b.sum_ && a.min_ == b.min_ &&
           a.max_ == b.max_;
  }
  friend bool operator!=(const Histogram& a, const Histogram& b) {
    return !(a == b);
  }

  // Returns a text such as
  // "{count: 3, mean: 1.67, min: 0, p50: 1, p90: 4, p99: 4, p99.9: 4, max: 4}",
  // or "{count: 0}" if there is no value.
  std::string ToString() const;
  // The same for nanoseconds: "{count: 1, mean: 1.5us, min: 1.5us, ...}".
  std::string ToStringAsDurations() const;
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const Histogram& histogram) {
    sink.Append(histogram.ToString());
  }
  friend std::ostream& operator<<(std::ostream& out,
                                  const Histogram& histogram) {
    return out << histogram.ToString();
  }

 private:
  // Counts the values in the buckets, and makes the extremes agree with them.
  void Settle();
  // `mean` is a text already. `write` turns the other values into text.
  std::string Describe(
      const std::string& mean,
      absl::FunctionRef<std::string(std::uint64_t)> write) const;

  Counts counts_ = {};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace event_selector

#endif  // EVENT_HISTOGRAM_H_
