// W6 and M3 of the contract under load: oneshot events.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <vector>

#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/stress/stress_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// A handle and the account of its armings, which are numbered from 1. The token
// carries the number, so that each event tells which arming it belongs to.
struct Armed {
  SocketPair pair = MakeStreamPair();
  // The last arming that an event has come for.
  std::atomic<std::uint64_t> delivered{0};
  // The arming that a mutator is to make next; 0 if it is not its turn.
  std::atomic<std::uint64_t> handed_over{0};
};

class OneshotStress : public StressTest {
 protected:
  static constexpr std::size_t kHandles = 64;  // More than threads.

  static Token TokenOf(std::size_t handle, std::uint64_t arming) {
    return Token(arming * kHandles + handle);
  }
  Mode ModeOf(std::uint64_t arming) const {
    return arming % 3 == 0 ? edge_oneshot_ : Mode::kOneshot;
  }
  // Half of the handles are writable all the time, and so ready when they are
  // armed; the others wait for a byte, which comes before or after.
  static Interest InterestOf(std::size_t handle) {
    return handle % 2 == 0 ? Interest::kWritable : Interest::kReadable;
  }

  void Arm(std::size_t i, std::uint64_t arming, bool is_anew) {
    const Handle handle = handles_[i].pair.a.handle();
    const bool is_byte_early = arming % 5 < 2;
    if (i % 2 == 1 && is_byte_early) SendAll(handles_[i].pair.b.handle(), "x");
    if (is_anew) {
      EXPECT_THAT(selector().Remove(handle), IsOk());
      EXPECT_THAT(selector().Add(handle, TokenOf(i, arming), InterestOf(i),
                                 ModeOf(arming)),
                  IsOk());
    } else {
      EXPECT_THAT(selector().Modify(handle, TokenOf(i, arming), InterestOf(i),
                                    ModeOf(arming)),
                  IsOk());
    }
    if (i % 2 == 1 && !is_byte_early) SendAll(handles_[i].pair.b.handle(), "x");
  }

  // The event is the first and only one of the arming that is due.
  void Take(const Event& event) {
    const std::size_t i = event.token.value() % kHandles;
    const std::uint64_t arming = event.token.value() / kHandles;
    std::uint64_t before = arming - 1;
    EXPECT_TRUE(handles_[i].delivered.compare_exchange_strong(before, arming))
        << "handle " << i << ": an event of arming " << arming << " after "
        << before;
    if (i % 2 == 1) {
      EXPECT_EQ(TryRead(handles_[i].pair.a.handle(), 2).data, "x");
    }
    events_.fetch_add(1);
    if (arming == armings_) return;
    if (arming % 4 == 0) {
      handles_[i].handed_over.store(arming + 1);
    } else {
      Arm(i, arming + 1, false);
    }
  }

  // Takes over from the waiters, by new registrations.
  void ArmAnew(int mutator) {
    while (!is_over_) {
      for (auto i = static_cast<std::size_t>(mutator); i < kHandles;
           i += kMutators) {
        const std::uint64_t arming = handles_[i].handed_over.exchange(0);
        if (arming != 0) Arm(i, arming, true);
      }
      Rest();
    }
  }

  // M4: as without edge, which some have not.
  const Mode edge_oneshot_ =
      (Mode::kOneshot | Mode::kEdge) & selector().capabilities().modes;
  const std::uint64_t armings_ = Scaled(2000);
  std::vector<Armed> handles_{kHandles};
  std::atomic<std::uint64_t> events_{0};
  std::atomic<bool> is_over_{false};
};
EVENT_INSTANTIATE_CONTRACT(OneshotStress);

TEST_P(OneshotStress, W6EachArmingGivesOneEventToOneWaiter) {
  for (std::size_t i = 0; i < kHandles; ++i) {
    const Handle handle = handles_[i].pair.a.handle();
    ASSERT_THAT(
        selector().Add(handle, TokenOf(i, 1), InterestOf(i), Mode::kOneshot),
        IsOk());
    if (i % 2 == 1) SendAll(handles_[i].pair.b.handle(), "x");
  }
  Crew crew;
  StartWaiters(crew, [this](absl::Span<const Event> events) {
    for (const Event& event : events) Take(event);
  });
  Crew others;
  others.Start(kMutators, [this](int number) { ArmAnew(number); });
  others.Start(kWakers, [this](int) { WakeUntil(is_over_); });

  AwaitCount(events_, armings_ * kHandles);
  is_over_ = true;
  others.Join();
  for (std::size_t i = 0; i < kHandles; ++i) {
    EXPECT_EQ(handles_[i].delivered.load(), armings_) << "handle " << i;
    // M3: still registered.
    EXPECT_THAT(selector().Remove(handles_[i].pair.a.handle()), IsOk());
  }
  selector().Close();
  crew.Join();
  EXPECT_EQ(events_.load(), armings_ * kHandles);
  std::cout << events_.load() << " oneshot events\n";
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
