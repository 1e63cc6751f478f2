// What a loop does, counted and read by another thread, as docs/guide.md shows
// it.

#include <iostream>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/instrumented_selector.h"
#include "event/selector.h"
#include "event/selector_statistics.h"
#include "gtest/gtest.h"

namespace {

// [begin a selector that counts]
absl::StatusOr<std::unique_ptr<event_selector::InstrumentedSelector>>
MakeSelector() {
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  return std::make_unique<event_selector::InstrumentedSelector>(
      *std::move(selector));
}

// By a thread that watches, every ten seconds, say: what happened since the
// last time. `before` is kept by the caller.
void Report(const event_selector::InstrumentedSelector& selector,
            event_selector::SelectorStatistics& before) {
  const event_selector::SelectorStatistics now = selector.statistics();
  const event_selector::SelectorStatistics lately = now - before;
  before = now;
  std::cout << lately << "\n";
  // How long the loop let its handles wait, in one case of a hundred.
  if (lately.between_waits_ns.Percentile(99) > 50 * 1000 * 1000) {
    std::cout << "the loop lags\n";
  }
}
// [end]

TEST(ObservingTest, WhatHappenedSinceTheLastTimeIsReported) {
  auto selector = MakeSelector();
  ASSERT_TRUE(selector.ok()) << selector.status();
  event_selector::SelectorStatistics before;
  event_selector::Event events[4];
  for (int waits = 1; waits <= 2; ++waits) {
    for (int i = 0; i < waits; ++i) {
      ASSERT_TRUE(
          (*selector)->Wait(absl::MakeSpan(events), absl::ZeroDuration()).ok());
    }
    testing::internal::CaptureStdout();
    Report(**selector, before);
    EXPECT_NE(testing::internal::GetCapturedStdout().find(
                  absl::StrCat("waits: ", waits, " (", waits, " empty")),
              std::string::npos);
  }
}

}  // namespace
