#ifndef TESTS_IO_URING_FIXTURE_H_
#define TESTS_IO_URING_FIXTURE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/io_uring/io_uring_selector.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace testing {

// With a ring, or the error of the system that refuses it.
inline absl::StatusOr<std::unique_ptr<Selector>> CreateWithRing() {
  SelectorOptions options;
  options.single_waiter = true;
  options.exact_backend = true;
  return IoUringSelector::Create(options);
}

// Tests of a selector that has a ring; skipped where the system refuses it.
class IoUringTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto selector = CreateWithRing();
    if (!selector.ok()) GTEST_SKIP() << selector.status();
    selector_ = *std::move(selector);
  }

  Selector& selector() { return *selector_; }
  void DestroySelector() { selector_.reset(); }

  std::vector<Event> WaitFor(absl::Duration timeout, std::size_t room = 64) {
    std::vector<Event> events(room);
    const auto ready = selector_->Wait(absl::MakeSpan(events), timeout);
    EXPECT_TRUE(ready.ok()) << ready.status();
    events.resize(ready.ok() ? ready->size() : 0);
    return events;
  }
  std::vector<Event> Poll(std::size_t room = 64) {
    return WaitFor(absl::ZeroDuration(), room);
  }

 private:
  std::unique_ptr<Selector> selector_;
};

inline std::vector<std::uint64_t> TokensOf(const std::vector<Event>& events) {
  std::vector<std::uint64_t> tokens;
  for (const Event& event : events) tokens.push_back(event.token.value());
  return tokens;
}

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_IO_URING_FIXTURE_H_
