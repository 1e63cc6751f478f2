#include "event/histogram.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "tests/event/print.h"

namespace event_selector {
namespace {

constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();

Histogram Of(const std::vector<std::uint64_t>& values) {
  Histogram histogram;
  for (const std::uint64_t value : values) histogram.Record(value);
  return histogram;
}

// The bucket that counts `value`, as the histogram itself tells.
std::size_t BucketOf(std::uint64_t value) {
  const Histogram histogram = Of({value});
  std::size_t bucket = 0;
  while (histogram.counts()[bucket] == 0) ++bucket;
  EXPECT_EQ(histogram.counts()[bucket], 1u);
  return bucket;
}

TEST(HistogramTest, BucketsAreAllThereIsAndDoNotOverlap) {
  std::uint64_t next = 0;
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    EXPECT_EQ(Histogram::LowerBound(bucket), next);
    EXPECT_GE(Histogram::UpperBound(bucket), next);
    next = Histogram::UpperBound(bucket) + 1;
  }
  EXPECT_EQ(next, 0u);  // Behind 2^64-1.
}

TEST(HistogramTest, AValueIsCountedBetweenTheBoundsOfItsBucket) {
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    EXPECT_EQ(BucketOf(Histogram::LowerBound(bucket)), bucket);
    EXPECT_EQ(BucketOf(Histogram::UpperBound(bucket)), bucket);
  }
}

TEST(HistogramTest, BucketsAreAsNarrowAsPromised) {
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    const std::uint64_t lower = Histogram::LowerBound(bucket);
    const std::uint64_t more = Histogram::UpperBound(bucket) - lower;
    EXPECT_LE(more, lower < 32 ? 0 : lower / 16) << lower;
  }
}

TEST(HistogramTest, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.sum(), 0u);
  EXPECT_EQ(histogram.min(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.Mean(), 0);
  EXPECT_EQ(histogram.Percentile(50), 0u);
  EXPECT_EQ(histogram, Histogram());
}

TEST(HistogramTest, CountsSumAndExtremesAreExact) {
  Histogram histogram = Of({1000, 7, 123456789});
  histogram.Record(50, 2);
  histogram.Record(1, 0);
  EXPECT_EQ(histogram.count(), 5u);
  EXPECT_EQ(histogram.sum(), 1000u + 7 + 123456789 + 2 * 50);
  EXPECT_EQ(histogram.min(), 7u);
  EXPECT_EQ(histogram.max(), 123456789u);
  EXPECT_DOUBLE_EQ(histogram.Mean(), 123457896 / 5.0);
}

TEST(HistogramTest, TakesTheLeastAndTheGreatestValue) {
  const Histogram histogram = Of({0, kGreatest});
  EXPECT_EQ(histogram.min(), 0u);
  EXPECT_EQ(histogram.max(), kGreatest);
  EXPECT_EQ(histogram.Percentile(50), 0u);
  EXPECT_EQ(histogram.Percentile(100), kGreatest);
}

TEST(HistogramTest, PercentilesOfSmallValuesAreExact) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 10; ++value) histogram.Record(value);
  EXPECT_EQ(histogram.Percentile(0), 1u);
  EXPECT_EQ(histogram.Percentile(10), 1u);
  EXPECT_EQ(histogram.Percentile(10.1), 2u);
  EXPECT_EQ(histogram.Percentile(50), 5u);
  EXPECT_EQ(histogram.Percentile(90), 9u);
  EXPECT_EQ(histogram.Percentile(99), 10u);
  EXPECT_EQ(histogram.Percentile(100), 10u);
  EXPECT_EQ(histogram.Percentile(-1), 1u);
  EXPECT_EQ(histogram.Percentile(101), 10u);
}

// A rank that is a whole number is not carried to the next one by rounding: as
// numbers of floating point, 1.1 * 3000 / 100 is more than 33.
TEST(HistogramTest, PercentilesOfWholeRanks) {
  struct Rank {
    double percent;
    std::uint64_t count;
    std::uint64_t rank;
  };
  for (const Rank& whole : {Rank{1.1, 3000, 33}, Rank{16.1, 1000, 161},
                            Rank{99.9, 1000, 999}, Rank{50, 2, 1}}) {
    Histogram histogram;
    histogram.Record(1, whole.rank);
    histogram.Record(2, whole.count - whole.rank);
    EXPECT_EQ(histogram.Percentile(whole.percent), 1u) << whole.percent;
    EXPECT_EQ(histogram.Percentile(whole.percent + 0.04), 2u) << whole.percent;
  }
}

TEST(HistogramTest, PercentilesAreAsPreciseAsPromised) {
  Histogram histogram;
  constexpr std::uint64_t kStep = 12347;
  for (std::uint64_t i = 1; i <= 1000; ++i) histogram.Record(i * kStep);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    const std::uint64_t exact = i * kStep;
    const std::uint64_t found =
        histogram.Percentile(static_cast<double>(i) / 10);
    EXPECT_GE(found, exact);
    EXPECT_LE(found, exact + exact / 16);
    EXPECT_LE(found, histogram.max());
  }
}

TEST(HistogramTest, ASumIsAsIfBothHadBeenRecordedTogether) {
  EXPECT_EQ(Of({1, 500}) + Of({70000, 3}), Of({1, 500, 70000, 3}));
  EXPECT_EQ(Of({9}) + Histogram(), Of({9}));
  EXPECT_EQ(Histogram() + Of({9}), Of({9}));
}

TEST(HistogramTest, ADifferenceHoldsWhatCameSince) {
  const Histogram before = Of({1, 2, 1000000});
  const Histogram since = (before + Of({20, 2, 31})) - before;
  EXPECT_EQ(since, Of({2, 20, 31}));
  EXPECT_EQ(before - before, Histogram());
}

// What is left of the extremes is as near as the buckets tell.
TEST(HistogramTest, TheExtremesOfADifferenceAreWithinASixteenth) {
  const Histogram before = Of({100, 900000});
  const Histogram since = (before + Of({5000, 6000})) - before;
  EXPECT_EQ(since.count(), 2u);
  EXPECT_EQ(since.sum(), 11000u);
  EXPECT_LE(since.min(), 5000u);
  EXPECT_GE(since.min(), 5000u - 5000u / 16);
  EXPECT_GE(since.max(), 6000u);
  EXPECT_LE(since.max(), 6000u + 6000u / 16);
}

TEST(HistogramTest, ADifferenceIsNeverNegative) {
  EXPECT_EQ(Of({5}) - Of({5, 5, 7}), Histogram());
}

// A recorder is read while it is written to: the extremes may be of a moment at
// which the buckets were others.
TEST(HistogramTest, ExtremesThatDoNotFitTheBucketsAreNotBelieved) {
  const Histogram counted = Of({1000, 2000});
  const Histogram read(counted.counts(), counted.sum(), kGreatest, 0);
  EXPECT_GE(read.min(), 1000u);
  EXPECT_LE(read.min(), 1000u + 1000u / 16);
  EXPECT_LE(read.max(), 2000u);
  EXPECT_GE(read.max(), 2000u - 2000u / 16);
  EXPECT_EQ(Histogram(counted.counts(), counted.sum(), 1000, 2000), counted);
}

TEST(HistogramTest, Compares) {
  EXPECT_EQ(Of({1, 2}), Of({2, 1}));
  EXPECT_NE(Of({1, 2}), Of({1, 2, 2}));
  EXPECT_NE(Of({1000}), Of({1001}));
}

TEST(HistogramTest, Prints) {
  EXPECT_EQ(PrintByStream(Histogram()), "{count: 0}");
  EXPECT_EQ(PrintByStream(Of({0, 1, 4})),
            "{count: 3, mean: 1.67, min: 0, p50: 1, p90: 4, p99: 4, p99.9: 4, "
            "max: 4}");
  EXPECT_EQ(PrintByStringify(Of({0, 1, 4})), PrintByStream(Of({0, 1, 4})));
}

TEST(HistogramTest, PrintsDurations) {
  EXPECT_EQ(Histogram().ToStringAsDurations(), "{count: 0}");
  EXPECT_EQ(Of({1500, 2000000}).ToStringAsDurations(),
            "{count: 2, mean: 1.00075ms, min: 1.5us, p50: 1.535us, p90: 2ms, "
            "p99: 2ms, p99.9: 2ms, max: 2ms}");
  // As much as an absl::Duration is made from.
  EXPECT_EQ(Of({kGreatest}).ToStringAsDurations(),
            Of({kGreatest / 2}).ToStringAsDurations());
}

}  // namespace
}  // namespace event_selector
