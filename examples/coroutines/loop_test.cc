// What can be awaited, with a simulated selector: time that passes only while
// the loop waits.

#include "examples/coroutines/loop.h"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "examples/coroutines/task.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace examples {
namespace coroutines {
namespace {

using event_selector::Handle;
using event_selector::Interest;
using event_selector::Readiness;
using event_selector::testing::SimulatedSelector;
using event_selector::testing::Simulation;
using ::testing::ElementsAre;

// Says when it is destroyed.
struct Guard {
  explicit Guard(int& count) : destroyed(count) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() { ++destroyed; }
  int& destroyed;
};

class LoopTest : public ::testing::Test {
 protected:
  LoopTest() : selector_(simulation_) { MakeLoop(); }

  void MakeLoop() {
    loop_ =
        std::make_unique<Loop>(selector_, [this] { return simulation_.now(); });
  }
  void RunToTheEnd() {
    const absl::Status status = loop_->Run();
    EXPECT_TRUE(status.ok()) << status << "\n" << selector_.CallsToString();
    EXPECT_EQ(selector_.registrations(), 0u);
  }

  Simulation simulation_;
  SimulatedSelector selector_;
  std::unique_ptr<Loop> loop_;
  std::vector<std::string> said_;
};

TEST_F(LoopTest, AHandleThatIsReadyResumesItsCoroutine) {
  const Handle handle = simulation_.MakeHandle();
  simulation_.At(absl::Seconds(3), [&] {
    simulation_.AddReadiness(handle, Readiness::kReadable);
  });
  absl::StatusOr<Readiness> seen;
  loop_->Spawn([](Loop& loop, Handle read, auto& result) -> Task<> {
    result = co_await loop.Readable(read);
    co_return result.status();
  }(*loop_, handle, seen));
  EXPECT_EQ(selector_.registrations(), 1u);
  RunToTheEnd();
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(*seen, Readiness::kReadable);
  EXPECT_EQ(simulation_.now(), absl::Seconds(3));
}

TEST_F(LoopTest, BothDirectionsAtOnce) {
  const Handle handle = simulation_.MakeHandle();
  simulation_.AddReadiness(handle, Readiness::kWritable);
  absl::StatusOr<Readiness> seen;
  loop_->Spawn([](Loop& loop, Handle both, auto& result) -> Task<> {
    result =
        co_await loop.Ready(both, Interest::kReadable | Interest::kWritable);
    co_return result.status();
  }(*loop_, handle, seen));
  RunToTheEnd();
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(*seen, Readiness::kWritable);
}

TEST_F(LoopTest, AWaitThatIsRefusedReturnsTheReason) {
  const Handle handle = simulation_.MakeHandle();
  simulation_.AddReadiness(handle, Readiness::kWritable);
  std::vector<absl::StatusCode> codes;
  const auto wait = [](Loop& loop, Handle each, auto& seen) -> Task<> {
    const absl::StatusOr<Readiness> ready = co_await loop.Writable(each);
    seen.push_back(ready.status().code());
    co_return absl::OkStatus();
  };
  loop_->Spawn(wait(*loop_, handle, codes));
  loop_->Spawn(wait(*loop_, handle, codes));  // The second at once.
  loop_->Spawn(wait(*loop_, event_selector::kInvalidHandle, codes));
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kAlreadyExists,
                                 absl::StatusCode::kInvalidArgument));
  RunToTheEnd();
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kAlreadyExists,
                                 absl::StatusCode::kInvalidArgument,
                                 absl::StatusCode::kOk));
}

TEST_F(LoopTest, SleepersWakeInTheOrderOfTheirTimes) {
  const auto sleep = [](Loop& loop, int seconds, auto& said) -> Task<> {
    const absl::Status slept = co_await loop.Sleep(absl::Seconds(seconds));
    said.push_back(std::to_string(seconds));
    co_return slept;
  };
  for (const int seconds : {3, 1, 2, 0}) {
    loop_->Spawn(sleep(*loop_, seconds, said_));
  }
  EXPECT_THAT(said_, ElementsAre());  // Not even zero is over at once.
  RunToTheEnd();
  EXPECT_THAT(said_, ElementsAre("0", "1", "2", "3"));
  EXPECT_EQ(simulation_.now(), absl::Seconds(3));
}

TEST_F(LoopTest, TheFirstOfSeveralCancelsTheOthers) {
  const Handle handle = simulation_.MakeHandle();
  int destroyed = 0;
  const auto for_ever = [](Loop& loop, int& count) -> Task<int> {
    const Guard guard(count);
    (co_await loop.Sleep(absl::InfiniteDuration())).IgnoreError();
    co_return 1;
  };
  loop_->Spawn([](auto& loop, Handle never, auto& forever, int& count,
                  auto& said) -> Task<> {
    const auto first =
        co_await WhenAny(loop.Readable(never), loop.Sleep(absl::Seconds(5)),
                         forever(loop, count));
    said.push_back(std::to_string(first.index()));
    EXPECT_EQ(count, 1);
    // The handle is free again.
    const auto second =
        co_await WhenAny(loop.Sleep(absl::Seconds(5)), loop.Readable(never));
    said.push_back(std::to_string(second.index()));
    co_return std::get<0>(second);
  }(*loop_, handle, for_ever, destroyed, said_));
  EXPECT_EQ(destroyed, 0);
  RunToTheEnd();
  EXPECT_THAT(said_, ElementsAre("1", "0"));
  EXPECT_EQ(simulation_.now(), absl::Seconds(10));
}

TEST_F(LoopTest, WhatIsDoneAtOnceIsTheFirst) {
  int destroyed = 0;
  loop_->Spawn([](Loop& loop, int& count, auto& said) -> Task<> {
    const auto for_ever = [](Loop& same, int& each) -> Task<int> {
      const Guard guard(each);
      (co_await same.Sleep(absl::InfiniteDuration())).IgnoreError();
      co_return 1;
    };
    const auto at_once = []() -> Task<std::string> { co_return "at once"; };
    const auto first = co_await WhenAny(for_ever(loop, count), at_once(),
                                        for_ever(loop, count));
    said.push_back(std::get<1>(first));
    EXPECT_EQ(count, 1);  // The third was not started.
    co_return absl::OkStatus();
  }(*loop_, destroyed, said_));
  EXPECT_THAT(said_, ElementsAre("at once"));
  RunToTheEnd();
}

TEST_F(LoopTest, OneEventMayCancelTheCoroutineOfAnother) {
  // Both are ready in the same turn; whoever comes first ends the race.
  const Handle one = simulation_.MakeHandle();
  const Handle two = simulation_.MakeHandle();
  simulation_.At(absl::Seconds(1), [&] {
    simulation_.AddReadiness(one, Readiness::kReadable);
    simulation_.AddReadiness(two, Readiness::kReadable);
  });
  loop_->Spawn([](Loop& loop, Handle a, Handle b, auto& said) -> Task<> {
    co_await WhenAny(loop.Readable(a), loop.Readable(b),
                     loop.Sleep(absl::Seconds(1)));
    said.push_back("once");
    co_return absl::OkStatus();
  }(*loop_, one, two, said_));
  RunToTheEnd();
  EXPECT_THAT(said_, ElementsAre("once"));
}

// With each million, the stack would grow by as many frames.
TEST_F(LoopTest, TasksThatDoNotWaitNeedNoStack) {
  std::int64_t sum = 0;
  loop_->Spawn([](auto& result) -> Task<> {
    const auto answer = [](int value) -> Task<int> { co_return value; };
    for (int i = 0; i < 1000 * 1000; ++i) result += co_await answer(i);
    co_return absl::OkStatus();
  }(sum));
  EXPECT_EQ(sum, std::int64_t{1000} * 1000 * 999999 / 2);
}

TEST_F(LoopTest, TheEndOfTheLoopDestroysWhatWaits) {
  const Handle handle = simulation_.MakeHandle();
  int destroyed = 0;
  const auto inner = [](Loop& loop, Handle never, int& count) -> Task<int> {
    const Guard guard(count);
    co_await WhenAny(loop.Readable(never), loop.Sleep(absl::Hours(1)));
    ADD_FAILURE() << "it was cancelled";
    co_return 0;
  };
  loop_->Spawn([](auto& loop, Handle never, auto& wait, int& count) -> Task<> {
    const Guard guard(count);
    co_await wait(loop, never, count);
    ADD_FAILURE() << "it was cancelled";
    co_return absl::OkStatus();
  }(*loop_, handle, inner, destroyed));
  EXPECT_EQ(selector_.registrations(), 1u);
  loop_.reset();
  EXPECT_EQ(destroyed, 2);
  EXPECT_EQ(selector_.registrations(), 0u);
}

TEST_F(LoopTest, AnErrorOfTheSelectorEndsTheLoop) {
  int destroyed = 0;
  loop_->Spawn([](Loop& loop, int& count) -> Task<> {
    const Guard guard(count);
    co_return co_await loop.Sleep(absl::Hours(1));
  }(*loop_, destroyed));
  simulation_.At(absl::Seconds(1), [&] { selector_.Close(); });
  const absl::Status status = loop_->Run();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_EQ(destroyed, 0);
  loop_.reset();
  EXPECT_EQ(destroyed, 1);
}

TEST_F(LoopTest, AnExceptionComesOutOfTheLoop) {
  int destroyed = 0;
  const auto fail = [](Loop& loop, int seconds, int& count) -> Task<> {
    const Guard guard(count);
    if (seconds > 0) {
      (co_await loop.Sleep(absl::Seconds(seconds))).IgnoreError();
    }
    throw std::runtime_error("seen");
  };
  loop_->Spawn([](auto& loop, auto& inner, int& count) -> Task<> {
    const Guard guard(count);
    co_return co_await inner(loop, 1, count);
  }(*loop_, fail, destroyed));
  EXPECT_THROW(loop_->Run().IgnoreError(), std::runtime_error);
  EXPECT_EQ(destroyed, 1);  // Only the one that failed.
  EXPECT_THROW(loop_->Spawn(fail(*loop_, 0, destroyed)), std::runtime_error);
  EXPECT_EQ(destroyed, 2);
  loop_.reset();
  EXPECT_EQ(destroyed, 3);
}

// Coroutines that race with each other for a while, in worlds as hostile as
// they may be.
TEST(LoopInHostileWorldsTest, NothingIsLost) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    event_selector::testing::SimulationOptions options;
    options.seed = seed;
    Simulation simulation(options);
    SimulatedSelector selector(simulation);
    event_selector::testing::SimulatedFaults faults;
    faults.spurious_event = 0.2;
    faults.short_batch = 0.5;
    faults.reordered = 0.5;
    faults.late_event = 0.3;
    faults.empty_wait = 0.1;
    selector.SetFaults(faults);
    Loop loop(selector, [&] { return simulation.now(); });
    int rounds = 0;
    for (int i = 1; i <= 10; ++i) {
      const Handle handle = simulation.MakeHandle();
      simulation.At(absl::Seconds(i), [&simulation, handle] {
        simulation.AddReadiness(handle, Readiness::kReadable);
      });
      loop.Spawn([](Loop& same, Handle read, int& count) -> Task<> {
        for (int round = 0; round < 20; ++round, ++count) {
          co_await WhenAny(same.Readable(read),
                           same.Sleep(absl::Milliseconds(700)));
        }
        co_return absl::OkStatus();
      }(loop, handle, rounds));
    }
    const absl::Status status = loop.Run();
    ASSERT_TRUE(status.ok()) << "seed " << seed << ": " << status;
    EXPECT_EQ(rounds, 200);
    EXPECT_EQ(selector.registrations(), 0u);
  }
}

}  // namespace
}  // namespace coroutines
}  // namespace examples
