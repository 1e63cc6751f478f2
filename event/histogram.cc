#include "event/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "event/internal/log_linear_buckets.h"

namespace event_selector {
namespace {

struct NamedPercentile {
  const char* name;
  double percent;
};
constexpr NamedPercentile kPrinted[] = {
    {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}};

std::string WriteNumber(std::uint64_t value) { return absl::StrCat(value); }

std::string WriteDuration(std::uint64_t nanoseconds) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return absl::FormatDuration(absl::Nanoseconds(
      static_cast<std::int64_t>(std::min(nanoseconds, kMost))));
}

std::uint64_t Less(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

}  // namespace

Histogram::Histogram(const Counts& counts, std::uint64_t sum, std::uint64_t min,
                     std::uint64_t max)
    : counts_(counts), sum_(sum), min_(min), max_(max) {
  Settle();
}

void Histogram::Record(std::uint64_t value, std::uint64_t times) {
  if (times == 0) return;
  counts_[internal::BucketOf(value)] += times;
  sum_ += value * times;
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  count_ += times;
}

double Histogram::Mean() const {
  return count_ == 0 ? 0
                     : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::uint64_t Histogram::Percentile(double percent) const {
  if (count_ == 0) return 0;
  // Slightly less, so that rounding does not carry a rank that is a whole
  // number to the next one.
  const double rank = std::ceil(std::nextafter(percent, -1.0) *
                                static_cast<double>(count_) / 100);
  std::uint64_t below = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    below += counts_[bucket];
    if (below != 0 && static_cast<double>(below) >= rank) {
      return std::clamp(UpperBound(bucket), min_, max_);
    }
  }
  return max_;
}

Histogram& Histogram::operator+=(const Histogram& other) {
  if (other.count_ == 0) return *this;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    counts_[bucket] += other.counts_[bucket];
  }
  sum_ += other.sum_;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  return *this;
}

Histogram& Histogram::operator-=(const Histogram& earlier) {
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    counts_[bucket] = Less(counts_[bucket], earlier.counts_[bucket]);
  }
  sum_ = Less(sum_, earlier.sum_);
  Settle();
  return *this;
}

void Histogram::Settle() {
  count_ = 0;
  std::size_t first = kBuckets;
  std::size_t last = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (counts_[bucket] == 0) continue;
    count_ += counts_[bucket];
    first = std::min(first, bucket);
    last = bucket;
  }
  if (count_ == 0) {
    sum_ = min_ = max_ = 0;
    return;
  }
  min_ = std::clamp(min_, LowerBound(first), UpperBound(first));
  max_ = std::clamp(max_, LowerBound(last), UpperBound(last));
}

std::string Histogram::ToString() const {
  return Describe(absl::StrFormat("%.2f", Mean()), WriteNumber);
}

std::string Histogram::ToStringAsDurations() const {
  return Describe(WriteDuration(count_ == 0 ? 0 : sum_ / count_),
                  WriteDuration);
}

std::string Histogram::Describe(
    const std::string& mean,
    absl::FunctionRef<std::string(std::uint64_t)> write) const {
  if (count_ == 0) return "{count: 0}";
  std::string text = absl::StrCat("{count: ", count_, ", mean: ", mean,
                                  ", min: ", write(min_));
  for (const NamedPercentile& printed : kPrinted) {
    absl::StrAppend(&text, ", ", printed.name, ": ",
                    write(Percentile(printed.percent)));
  }
  absl::StrAppend(&text, ", max: ", write(max_), "}");
  return text;
}

}  // namespace event_selector
