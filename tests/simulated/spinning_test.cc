// Loops that spin fail under the simulated selector instead of hanging, honest
// ones do not; and the log of the calls is bounded.

#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Kind = SelectorCall::Kind;

constexpr absl::Duration kForever = absl::InfiniteDuration();
// What the tests that set the limit themselves set.
constexpr std::size_t kMost = 50;

class SpinningTest : public ::testing::Test {
 protected:
  static SimulatedSelectorOptions Most(std::size_t waits) {
    SimulatedSelectorOptions options;
    options.most_waits_at_one_time = waits;
    return options;
  }
  static SimulationOptions OtherThreads() {
    SimulationOptions options;
    options.has_other_threads = true;
    return options;
  }

  // A handle that is writable, and registered so.
  static Handle AddWritable(Simulation& simulation, SimulatedSelector& selector,
                            Token token = Token(7)) {
    const Handle handle = simulation.MakeHandle();
    simulation.SetReadiness(handle, Readiness::kWritable);
    EXPECT_THAT(selector.Add(handle, token, Interest::kWritable), IsOk());
    return handle;
  }

  static absl::Status WaitOnce(SimulatedSelector& selector,
                               absl::Duration timeout) {
    std::vector<Event> room(4);
    return selector.Wait(absl::MakeSpan(room), timeout).status();
  }
  // How many waits succeed in a row: up to `most`.
  static std::size_t CountWaits(SimulatedSelector& selector,
                                absl::Duration timeout, std::size_t most) {
    std::size_t count = 0;
    while (count < most && WaitOnce(selector, timeout).ok()) ++count;
    return count;
  }

  Simulation simulation_;
};

// The guide's first mistake: kWritable is asked for, and there is nothing to
// write.
TEST_F(SpinningTest, ALoopThatSpinsFailsAndIsToldWhy) {
  simulation_.Advance(absl::Milliseconds(3));
  SimulatedSelector selector(simulation_);
  const Handle idle = simulation_.MakeHandle();
  ASSERT_THAT(selector.Add(idle, Token(1), Interest::kReadable), IsOk());
  AddWritable(simulation_, selector);
  absl::Status status;
  while (status.ok()) status = WaitOnce(selector, kForever);
  EXPECT_THAT(status, HasCode(absl::StatusCode::kDeadlineExceeded));
  const std::string message(status.message());
  EXPECT_THAT(message, StartsWith("the loop spins: 50000 waits"));
  EXPECT_THAT(message, HasSubstr("at 3ms"));
  EXPECT_THAT(message, HasSubstr("reports {token: 7, writable} of handle "
                                 "100000001 (writable, level)"));
  EXPECT_THAT(message, HasSubstr("\n(49992 earlier calls)\n"));
  EXPECT_THAT(message, HasSubstr("\n[3ms] Wait(4, inf): OK, {token: 7, "
                                 "writable}\n"));
  EXPECT_EQ(selector.count(Kind::kWait), 50'001u);
  EXPECT_THAT(selector.CallsToString(), HasSubstr("the loop spins"));
}

TEST_F(SpinningTest, EveryWaitFailsUntilTheClockMoves) {
  SimulatedSelector selector(simulation_, Most(kMost));
  AddWritable(simulation_, selector);
  EXPECT_EQ(CountWaits(selector, kForever, 1000), kMost);
  std::size_t size = 0;
  for (int i = 0; i < 20; ++i) {
    const absl::Status status = WaitOnce(selector, kForever);
    EXPECT_THAT(status, HasCode(absl::StatusCode::kDeadlineExceeded));
    size = status.message().size();
  }
  EXPECT_LT(size, 10'000u) << "an error contains those before it";
  simulation_.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(CountWaits(selector, kForever, 1000), kMost);
}

TEST_F(SpinningTest, NamesAFewOfManyEvents) {
  SimulatedSelector selector(simulation_, Most(kMost));
  for (int i = 0; i < 4; ++i) {
    AddWritable(simulation_, selector, Token(i < 2 ? 5 : i));
  }
  CountWaits(selector, kForever, kMost);
  EXPECT_THAT(std::string(WaitOnce(selector, kForever).message()),
              HasSubstr("{token: 5, writable} of handle 100000000 (writable, "
                        "level) or another with this token, {token: 2, "
                        "writable} of handle 100000002 (writable, level) and "
                        "1 more. Serve"));
}

// Nothing is reported, and nothing can ever change.
TEST_F(SpinningTest, ALoopThatPollsOrWakesItselfSpinsToo) {
  SimulatedSelector polls(simulation_, Most(kMost));
  EXPECT_EQ(CountWaits(polls, absl::ZeroDuration(), 1000), kMost);
  EXPECT_THAT(std::string(WaitOnce(polls, absl::ZeroDuration()).message()),
              HasSubstr("this one finds nothing."));

  SimulatedSelector wakes(simulation_, Most(kMost));
  std::size_t woken = 0;
  do {
    ASSERT_THAT(wakes.Wake(), IsOk());
  } while (WaitOnce(wakes, kForever).ok() && ++woken < 1000);
  EXPECT_EQ(woken, kMost);
}

TEST_F(SpinningTest, ABusyLoopDoesNotSpin) {
  SimulatedSelector selector(simulation_, Most(kMost));
  AddWritable(simulation_, selector);
  for (int instant = 0; instant < 100; ++instant) {
    ASSERT_EQ(CountWaits(selector, kForever, kMost), kMost);
    simulation_.Advance(absl::Nanoseconds(1));
  }
  // Nor does one that waits for its timers: time passes.
  SimulatedSelector timers(simulation_, Most(kMost));
  EXPECT_EQ(CountWaits(timers, absl::Milliseconds(1), 1000), 1000u);
}

TEST_F(SpinningTest, WhatFaultsMakeUpDoesNotCount) {
  SimulatedSelector selector(simulation_, Most(kMost));
  ASSERT_THAT(selector.Add(simulation_.MakeHandle(), Token(1),
                           Interest::kReadable, Mode::kEdge),
              IsOk());
  SimulatedFaults faults;
  faults.spurious_event = 1;
  selector.SetFaults(faults);
  EXPECT_EQ(CountWaits(selector, kForever, 1000), 1000u);
  faults.spurious_event = 0;
  faults.empty_wait = 1;
  selector.SetFaults(faults);
  EXPECT_EQ(CountWaits(selector, kForever, 1000), 1000u);
  EXPECT_EQ(simulation_.now(), absl::ZeroDuration());
}

// ---- With other threads, the clock stands still anyway.

TEST_F(SpinningTest, WithOtherThreadsEachChangeCounts) {
  Simulation simulation(OtherThreads());
  SimulatedSelector selector(simulation, Most(kMost));
  const Handle handle = AddWritable(simulation, selector);
  EXPECT_EQ(CountWaits(selector, kForever, 1000), kMost);
  EXPECT_THAT(WaitOnce(selector, kForever),
              HasCode(absl::StatusCode::kDeadlineExceeded));
  simulation.AddReadiness(handle, Readiness::kWritable);
  EXPECT_EQ(CountWaits(selector, kForever, 1000), kMost);
}

TEST_F(SpinningTest, WithOtherThreadsAPollIsPatience) {
  Simulation simulation(OtherThreads());
  SimulatedSelector selector(simulation, Most(kMost));
  EXPECT_EQ(CountWaits(selector, absl::ZeroDuration(), 1000), 1000u);
}

// ---- What is planned

// Plans itself again, for `delay` later.
void Repeat(Simulation& simulation, absl::Duration delay,
            std::size_t& repetitions) {
  ++repetitions;
  simulation.After(delay, [&simulation, delay, &repetitions] {
    Repeat(simulation, delay, repetitions);
  });
}

TEST_F(SpinningTest, AnActionThatPlansItselfForTheSameTimeFailsAWait) {
  std::size_t repetitions = 0;
  simulation_.At(absl::Milliseconds(3), [&] {
    Repeat(simulation_, absl::ZeroDuration(), repetitions);
  });
  SimulatedSelector selector(simulation_);
  const Handle handle = AddWritable(simulation_, selector);
  EXPECT_THAT(WaitOnce(selector, kForever), IsOk());
  simulation_.Advance(absl::Milliseconds(2));
  EXPECT_THAT(simulation_.status(), IsOk());
  ASSERT_THAT(
      selector.Modify(handle, Token(7), Interest::kReadable, Mode::kLevel),
      IsOk());
  const absl::Status status = WaitOnce(selector, kForever);
  EXPECT_THAT(status, HasCode(absl::StatusCode::kDeadlineExceeded));
  const std::string message(status.message());
  EXPECT_THAT(message,
              StartsWith("what is planned (Simulation::At) has no end: "
                         "100000 actions have run at 3ms, and more"));
  EXPECT_EQ(repetitions, 100'000u);
  EXPECT_THAT(selector.CallsToString(), HasSubstr("has no end"));
  // Once for all.
  EXPECT_EQ(simulation_.status(), status);
  SimulatedSelector another(simulation_);
  EXPECT_EQ(WaitOnce(another, absl::ZeroDuration()), status);
  EXPECT_EQ(repetitions, 100'000u);
}

TEST_F(SpinningTest, AnActionThatPlansItselfForTheSameTimeEndsAnAdvance) {
  SimulationOptions options;
  options.most_actions_at_one_time = 10;
  Simulation simulation(options);
  std::size_t repetitions = 0;
  simulation.After(absl::Seconds(1),
                   [&] { Repeat(simulation, -absl::Seconds(1), repetitions); });
  simulation.Advance(absl::Seconds(5));
  EXPECT_EQ(repetitions, 10u);
  EXPECT_EQ(simulation.now(), absl::Seconds(1));
  EXPECT_THAT(simulation.status(),
              HasCode(absl::StatusCode::kDeadlineExceeded));
  SimulatedSelector selector(simulation);
  EXPECT_EQ(WaitOnce(selector, kForever), simulation.status());
}

TEST_F(SpinningTest, AsManyActionsAsTheLimitMayRunAtEachTime) {
  SimulationOptions options;
  options.most_actions_at_one_time = 10;
  Simulation simulation(options);
  std::size_t runs = 0;
  for (int second = 1; second <= 3; ++second) {
    for (int i = 0; i < 10; ++i) {
      simulation.At(absl::Seconds(second), [&] { ++runs; });
    }
  }
  simulation.Advance(absl::Seconds(1));
  SimulatedSelector selector(simulation);
  EXPECT_THAT(WaitOnce(selector, absl::Seconds(5)), IsOk());
  EXPECT_THAT(simulation.status(), IsOk());
  EXPECT_EQ(runs, 30u);
}

// Nor does a clock that goes on for ever.
TEST_F(SpinningTest, AnActionThatRepeatsItselfDoesNotKeepAWaitForEver) {
  SimulationOptions options;
  options.most_actions_at_one_time = 10;
  Simulation simulation(options);
  SimulatedSelector selector(simulation);
  std::size_t repetitions = 0;
  Repeat(simulation, absl::Seconds(1), repetitions);
  const absl::Status status = WaitOnce(selector, kForever);
  EXPECT_THAT(status, HasCode(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("100 actions that were planned (Simulation::At) have "
                        "run during it, up to 1m40s"));
  // A timeout ends by itself.
  EXPECT_THAT(WaitOnce(selector, absl::Hours(1)), IsOk());
  EXPECT_THAT(simulation.status(), IsOk());
}

// Each of them would be called by the one before it.
TEST_F(SpinningTest, AnActionCannotWait) {
  SimulatedSelector selector(simulation_);
  absl::Status status;
  simulation_.After(absl::Seconds(1),
                    [&] { status = WaitOnce(selector, kForever); });
  EXPECT_THAT(WaitOnce(selector, absl::Seconds(2)), IsOk());
  EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(simulation_.status(), IsOk());
  EXPECT_EQ(simulation_.now(), absl::Seconds(2));
}

void AdvanceInActions(Simulation& simulation) {
  simulation.After(absl::Seconds(1),
                   [&simulation] { AdvanceInActions(simulation); });
  simulation.Advance(absl::Seconds(1));
}

TEST_F(SpinningTest, AnActionCannotAdvance) {
  AdvanceInActions(simulation_);
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
  EXPECT_THAT(simulation_.status(),
              HasCode(absl::StatusCode::kFailedPrecondition));
  SimulatedSelector selector(simulation_);
  EXPECT_EQ(WaitOnce(selector, kForever), simulation_.status());
}

// Whoever sleeps in a Wait is told, too.
TEST_F(SpinningTest, WithOtherThreadsAPlanWithoutEndEndsTheirWaits) {
  Simulation simulation(OtherThreads());
  SimulatedSelector selector(simulation);
  absl::Status status;
  std::thread waiter([&] { status = WaitOnce(selector, kForever); });
  simulation.AwaitBlocked(1);
  std::size_t repetitions = 0;
  Repeat(simulation, absl::ZeroDuration(), repetitions);
  waiter.join();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(status, simulation.status());
}

// ---- The log

TEST_F(SpinningTest, TheLogKeepsTheLastCalls) {
  SimulatedSelectorOptions options;
  options.most_calls_kept = 3;
  SimulatedSelector selector(simulation_, options);
  for (int i = 0; i < 2; ++i) ASSERT_THAT(selector.Wake(), IsOk());
  EXPECT_EQ(selector.calls_dropped(), 0u);
  EXPECT_EQ(selector.CallsToString(), "[0] Wake(): OK\n[0] Wake(): OK\n");
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(WaitOnce(selector, absl::Milliseconds(1)), IsOk());
  }
  EXPECT_EQ(selector.calls_dropped(), 9u);
  EXPECT_THAT(selector.calls(), SizeIs(3));
  EXPECT_EQ(selector.CallsToString(),
            "(9 earlier calls)\n[7ms] Wait(4, 1ms): OK\n"
            "[8ms] Wait(4, 1ms): OK\n[9ms] Wait(4, 1ms): OK\n");
  EXPECT_EQ(selector.count(Kind::kWait), 10u);
  selector.ClearCalls();
  EXPECT_EQ(selector.calls_dropped(), 0u);
  EXPECT_EQ(selector.CallsToString(), "");
  EXPECT_EQ(selector.count(Kind::kWait), 10u);
}

TEST_F(SpinningTest, ALogOfNothingStillCounts) {
  SimulatedSelectorOptions options;
  options.most_calls_kept = 0;
  SimulatedSelector selector(simulation_, options);
  ASSERT_THAT(selector.Wake(), IsOk());
  EXPECT_EQ(selector.calls_dropped(), 1u);
  EXPECT_THAT(selector.calls(), IsEmpty());
  EXPECT_EQ(selector.CallsToString(), "(1 earlier call)\n");
  EXPECT_EQ(selector.count(Kind::kWake), 1u);
}

TEST_F(SpinningTest, TheLogIsBoundedByDefault) {
  SimulatedSelector selector(simulation_);
  for (int i = 0; i < 10'100; ++i) {
    ASSERT_THAT(selector.Wake(), IsOk());
  }
  EXPECT_THAT(selector.calls(), SizeIs(10'000));
  EXPECT_EQ(selector.calls_dropped(), 100u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
