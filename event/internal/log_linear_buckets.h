#ifndef EVENT_INTERNAL_LOG_LINEAR_BUCKETS_H_
#define EVENT_INTERNAL_LOG_LINEAR_BUCKETS_H_

#include <cstddef>
#include <cstdint>

#include "absl/numeric/bits.h"

namespace event_selector {
namespace internal {

// The buckets of a histogram of 64-bit values, as HdrHistogram has them: each
// power of two is divided into 16 buckets of equal width. So no value is too
// large, none of the buckets up to 31 holds more than one value, and none of
// the others is wider than a sixteenth of its lower bound.
//
//   values   0 .. 31   32, 33   34, 35  ..  62, 63   64 .. 67  ...
//   bucket   0 .. 31   32       33      ..  47       48        ...

inline constexpr int kSubBucketBits = 4;
inline constexpr std::size_t kSubBuckets = std::size_t{1} << kSubBucketBits;
inline constexpr std::size_t kLogLinearBuckets =
    (64 - kSubBucketBits + 1) * kSubBuckets;

// The bucket that counts `value`.
inline std::size_t BucketOf(std::uint64_t value) {
  // The highest bit and the four behind it are what is kept of a value.
  const int dropped_bits =
      63 - kSubBucketBits - absl::countl_zero(value | kSubBuckets);
  return static_cast<std::size_t>(dropped_bits) * kSubBuckets +
         static_cast<std::size_t>(value >> dropped_bits);
}

// The least and the greatest value that `bucket`, below kLogLinearBuckets,
// counts.
constexpr std::uint64_t LowerBound(std::size_t bucket) {
  if (bucket < 2 * kSubBuckets) return bucket;
  const std::size_t dropped_bits = bucket / kSubBuckets - 1;
  return std::uint64_t{bucket - dropped_bits * kSubBuckets} << dropped_bits;
}
constexpr std::uint64_t UpperBound(std::size_t bucket) {
  if (bucket < 2 * kSubBuckets) return bucket;
  const std::size_t dropped_bits = bucket / kSubBuckets - 1;
  return LowerBound(bucket) + ((std::uint64_t{1} << dropped_bits) - 1);
}

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_LOG_LINEAR_BUCKETS_H_
