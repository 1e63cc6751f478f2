#include "event/selector_statistics.h"

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "event/histogram.h"
#include "gtest/gtest.h"
#include "tests/event/print.h"

namespace event_selector {
namespace {

constexpr std::uint64_t SelectorStatistics::*kNumbers[] = {
    &SelectorStatistics::waits,           &SelectorStatistics::empty_waits,
    &SelectorStatistics::events,          &SelectorStatistics::wakes,
    &SelectorStatistics::delivered_wakes, &SelectorStatistics::adds,
    &SelectorStatistics::modifies,        &SelectorStatistics::removes,
    &SelectorStatistics::failed_waits,    &SelectorStatistics::failed_wakes,
    &SelectorStatistics::failed_adds,     &SelectorStatistics::failed_modifies,
    &SelectorStatistics::failed_removes,
};
constexpr Histogram SelectorStatistics::*kHistograms[] = {
    &SelectorStatistics::batch_size,
    &SelectorStatistics::blocked_ns,
    &SelectorStatistics::between_waits_ns,
};

// The two lists are all that there is.
static_assert(sizeof(SelectorStatistics) ==
                  std::size(kNumbers) * sizeof(std::uint64_t) +
                      std::size(kHistograms) * sizeof(Histogram),
              "");

// The numbers `base`, `base` + 1, ..., each histogram with so many values.
SelectorStatistics Sample(std::uint64_t base) {
  SelectorStatistics sample;
  std::uint64_t next = base;
  for (const auto member : kNumbers) sample.*member = next++;
  for (const auto member : kHistograms) {
    (sample.*member).Record(next, next);
    ++next;
  }
  return sample;
}

void ExpectEqual(const SelectorStatistics& a, const SelectorStatistics& b) {
  for (std::size_t i = 0; i < std::size(kNumbers); ++i) {
    EXPECT_EQ(a.*kNumbers[i], b.*kNumbers[i]) << "number " << i;
  }
  for (std::size_t i = 0; i < std::size(kHistograms); ++i) {
    EXPECT_EQ(a.*kHistograms[i], b.*kHistograms[i]) << "histogram " << i;
  }
}

TEST(SelectorStatisticsTest, IsZeroAtFirst) {
  const SelectorStatistics statistics;
  for (const auto member : kNumbers) EXPECT_EQ(statistics.*member, 0u);
  for (const auto member : kHistograms) {
    EXPECT_EQ((statistics.*member).count(), 0u);
  }
}

TEST(SelectorStatisticsTest, ASumHasEachNumberOfBoth) {
  const SelectorStatistics a = Sample(100);
  const SelectorStatistics b = Sample(7000);
  const SelectorStatistics sum = a + b;
  for (const auto member : kNumbers) {
    EXPECT_EQ(sum.*member, a.*member + b.*member);
  }
  for (const auto member : kHistograms) {
    EXPECT_EQ(sum.*member, a.*member + b.*member);
  }
}

TEST(SelectorStatisticsTest, ADifferenceHasWhatCameSince) {
  const SelectorStatistics before = Sample(1);
  SelectorStatistics since;
  for (const auto member : kNumbers) since.*member = 5000;
  // Values up to 31 are exact in a difference.
  for (const auto member : kHistograms) (since.*member).Record(30, 3);
  ExpectEqual((before + since) - before, since);
}

TEST(SelectorStatisticsTest, ADifferenceIsNeverNegative) {
  ExpectEqual(Sample(1) - (Sample(1) + Sample(100)), SelectorStatistics());
}

TEST(SelectorStatisticsTest, Prints) {
  SelectorStatistics statistics;
  statistics.waits = 3;
  statistics.empty_waits = 1;
  statistics.failed_waits = 2;
  statistics.events = 5;
  statistics.wakes = 4;
  statistics.delivered_wakes = 6;
  statistics.failed_wakes = 7;
  statistics.adds = 8;
  statistics.failed_adds = 9;
  statistics.modifies = 10;
  statistics.failed_modifies = 11;
  statistics.removes = 12;
  statistics.failed_removes = 13;
  statistics.batch_size.Record(1);
  statistics.blocked_ns.Record(2000);
  EXPECT_EQ(PrintByStream(statistics),
            "waits: 3 (1 empty, 2 failed)\n"
            "events: 5\n"
            "wakes: 4 (6 delivered, 7 failed)\n"
            "adds: 8 (9 failed)\n"
            "modifies: 10 (11 failed)\n"
            "removes: 12 (13 failed)\n"
            "batch size: {count: 1, mean: 1.00, min: 1, p50: 1, p90: 1, "
            "p99: 1, p99.9: 1, max: 1}\n"
            "blocked: {count: 1, mean: 2us, min: 2us, p50: 2us, p90: 2us, "
            "p99: 2us, p99.9: 2us, max: 2us}\n"
            "between waits: {count: 0}");
  EXPECT_EQ(PrintByStringify(statistics), PrintByStream(statistics));
}

}  // namespace
}  // namespace event_selector
