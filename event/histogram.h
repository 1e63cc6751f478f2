#ifndef EVENT_HISTOGRAM_H_
#define EVENT_HISTOGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

#include "absl/functional/function_ref.h"
#include "event/internal/log_linear_buckets.h"

namespace event_selector {

// How often which values were seen: numbers of things, or nanoseconds.
//
// Counts into 976 buckets, whose size is fixed: values up to 31 are told apart,
// and larger ones to a sixteenth of the value, up to 2^64-1. Count, sum and
// mean are exact; `min` and `max` as well, unless the histogram is a
// difference. (The sum wraps around at 2^64: in nanoseconds after 584 years.)
//
// A value type of 8 kB that never allocates. Thread-compatible: it is what a
// recorder in use by many threads hands out, not that recorder.
class Histogram {
 public:
  static constexpr std::size_t kBuckets = internal::kLogLinearBuckets;
  // How many values each bucket holds.
  using Counts = std::array<std::uint64_t, kBuckets>;

  // Without any value.
  Histogram() = default;

  // What a recorder has counted: the numbers of values in the buckets, and the
  // sum, least and greatest of these values. The last two count only as far as
  // they agree with the buckets.
  Histogram(const Counts& counts, std::uint64_t sum, std::uint64_t min,
            std::uint64_t max);

  // Counts `value`, `times` times.
  void Record(std::uint64_t value, std::uint64_t times = 1);

  // How many values were counted.
  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }
  // 0 where there is no value.
  std::uint64_t min() const { return min_; }
  std::uint64_t max() const { return max_; }
  double Mean() const;

  // A value that at least `percent` percent of the values do not exceed: never
  // less than the exact one, nor more than a sixteenth above it, nor outside
  // `min` and `max`. 0 where there is no value. `Percentile(50)` is the median;
  // a `percent` below 0 counts as 0, one above 100 as 100.
  std::uint64_t Percentile(double percent) const;

  // The buckets, for those who export them. `bucket` is below kBuckets, and
  // counts the values from LowerBound(bucket) to UpperBound(bucket), both
  // included.
  const Counts& counts() const { return counts_; }
  static constexpr std::uint64_t LowerBound(std::size_t bucket) {
    return internal::LowerBound(bucket);
  }
  static constexpr std::uint64_t UpperBound(std::size_t bucket) {
    return internal::UpperBound(bucket);
  }

  // The values of both.
  Histogram& operator+=(const Histogram& other);
  friend Histogram operator+(Histogram a, const Histogram& b) { return a += b; }

  // What was counted since `earlier`, an earlier state of the same histogram.
  // The exact extremes of these values are not known: `min` may be less than
  // the exact one, and `max` greater, by a sixteenth of it at most. (Where
  // `earlier` holds more of something, nothing of that is left.)
  Histogram& operator-=(const Histogram& earlier);
  friend Histogram operator-(Histogram a, const Histogram& b) { return a -= b; }

  friend bool operator==(const Histogram& a, const Histogram& b) {
    return a.counts_ == b.counts_ && a.sum_ == b.sum_ && a.min_ == b.min_ &&
           a.max_ == b.max_;
  }
  friend bool operator!=(const Histogram& a, const Histogram& b) {
    return !(a == b);
  }

  // "{count: 3, mean: 1.67, min: 0, p50: 1, p90: 4, p99: 4, p99.9: 4, max: 4}";
  // "{count: 0}" where there is no value.
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
  // Counts the buckets' values, and brings the extremes into line with them.
  void Settle();
  // `mean` is written already, the other values by `write`.
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
