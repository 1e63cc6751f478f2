#ifndef TESTS_EVENT_INSTRUMENTED_SUBJECT_H_
#define TESTS_EVENT_INSTRUMENTED_SUBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/histogram.h"
#include "event/instrumented_selector.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/event/mock_selector.h"

namespace event_selector {
namespace testing {

// Stands still but where a test moves it.
inline std::int64_t now_ns = 0;
inline absl::Duration ReadFakeClock() { return absl::Nanoseconds(now_ns); }

inline Histogram Of(const std::vector<std::uint64_t>& values) {
  Histogram histogram;
  for (const std::uint64_t value : values) histogram.Record(value);
  return histogram;
}

// An instrumented selector over a mock, whose `Wait` takes `blocks_ns` of time
// and returns what `returns` says.
struct Subject {
  explicit Subject(InstrumentedSelector::Clock clock = &ReadFakeClock) {
    auto owned = std::make_unique<::testing::NiceMock<MockSelector>>();
    mock = owned.get();
    selector.emplace(std::move(owned), std::move(clock));
    ON_CALL(*mock, Wait)
        .WillByDefault([this](absl::Span<Event> events, absl::Duration) {
          now_ns += blocks_ns;
          if (during_wait) during_wait();
          return returns.ok()
                     ? events.first(*returns)
                     : absl::StatusOr<absl::Span<Event>>(returns.status());
        });
  }

  // `Wait` for `events`, or an error.
  void Wait(absl::StatusOr<std::size_t> events, std::int64_t blocked_ns = 0) {
    returns = std::move(events);
    blocks_ns = blocked_ns;
    const auto ready =
        selector->Wait(absl::MakeSpan(room), absl::InfiniteDuration());
    EXPECT_EQ(ready.status(), returns.status());
    if (!ready.ok()) return;
    EXPECT_EQ(ready->data(), room.data());
    EXPECT_EQ(ready->size(), *returns);
  }

  std::optional<InstrumentedSelector> selector;
  ::testing::NiceMock<MockSelector>* mock;
  absl::StatusOr<std::size_t> returns = 0;
  std::int64_t blocks_ns = 0;
  std::function<void()> during_wait;
  std::array<Event, 64> room;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_EVENT_INSTRUMENTED_SUBJECT_H_
