// K5 where one level event does not wake everybody: NetBSD before 10.

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/kqueue/kqueue_test.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {
namespace {

// So that a thread that `Close` leaves asleep is a failure, not a hang.
constexpr absl::Duration kLong = absl::Seconds(20);

using ClosingTest = EachSystemTest;
EVENT_INSTANTIATE_SYSTEMS(ClosingTest);

TEST_P(ClosingTest, K5CloseWakesAllWaiters) {
  constexpr int kRounds = 20;
  constexpr int kWaiters = 8;
  for (int round = 0; round < kRounds; ++round) {
    Play(GetParam());
    std::vector<std::unique_ptr<WaitingThread>> waiting;
    for (int i = 0; i < kWaiters; ++i) {
      waiting.push_back(std::make_unique<WaitingThread>(*selector_, kLong));
    }
    selector_->Close();
    for (const auto& waiter : waiting) {
      ASSERT_THAT(waiter->status(), HasCode(absl::StatusCode::kCancelled));
    }
  }
}

// Another event is reported first, and again and again.
TEST_P(ClosingTest, K5CloseWakesAllWaitersBesideALevelEvent) {
  constexpr int kWaiters = 4;
  std::vector<std::unique_ptr<WaitingThread>> waiting;
  for (int i = 0; i < kWaiters; ++i) {
    waiting.push_back(std::make_unique<WaitingThread>(*selector_, kLong));
  }
  ASSERT_THAT(Add(Interest::kWritable), IsOk());
  selector_->Close();
  for (const auto& waiter : waiting) {
    const absl::Status status = waiter->status();
    const std::vector<Event> events = waiter->events();
    EXPECT_TRUE(status.code() == absl::StatusCode::kCancelled ||
                (status.ok() && !events.empty()))
        << status;
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
