// What the simulation is besides a selector: its clock, faults, failures, and
// what it tells of the calls.

#include "event/testing/simulated_selector.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
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
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/simulated/simulated_test.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Kind = SelectorCall::Kind;

constexpr absl::Duration kForever = absl::InfiniteDuration();
constexpr std::size_t kHandles = 20;

class SimulatedSelectorTest : public SimulatedTest {
 protected:
  absl::Status Add(Mode mode = Mode::kLevel) {
    return selector_.Add(handle_, Token(1), Interest::kReadable, mode);
  }
  absl::Status WaitStatus(absl::Duration timeout) {
    std::vector<Event> room(4);
    return selector_.Wait(absl::MakeSpan(room), timeout).status();
  }
  // Adds `kHandles` that are readable, under the tokens from 0 on.
  void AddReadyHandles() {
    for (std::size_t i = 0; i < kHandles; ++i) {
      const Handle handle = simulation_.MakeHandle();
      simulation_.SetReadiness(handle, Readiness::kReadable);
      ASSERT_THAT(selector_.Add(handle, Token(i), Interest::kReadable), IsOk());
    }
  }

  Handle handle_ = simulation_.MakeHandle();
};

// ---- The clock

TEST_F(SimulatedSelectorTest, AWaitThatCanNeverReturnSaysSo) {
  ASSERT_THAT(Add(), IsOk());
  EXPECT_THAT(WaitStatus(kForever),
              HasCode(absl::StatusCode::kDeadlineExceeded));
  // What was planned has happened before.
  int happened = 0;
  simulation_.After(absl::Seconds(1), [&] { ++happened; });
  EXPECT_THAT(WaitStatus(kForever),
              HasCode(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(happened, 1);
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
}

TEST_F(SimulatedSelectorTest, ActionsComeInTheOrderOfTheirTimes) {
  std::vector<std::string> done;
  const auto note = [&](const char* name) {
    return [&done, name] { done.push_back(name); };
  };
  simulation_.At(absl::Seconds(2), note("c"));
  simulation_.At(absl::Seconds(1), note("a"));
  simulation_.At(absl::Seconds(2), note("d"));
  simulation_.After(absl::Seconds(1), note("b"));
  simulation_.After(absl::Seconds(9), note("too late"));
  EXPECT_THAT(WaitFor(absl::Milliseconds(999)), IsEmpty());
  EXPECT_THAT(done, IsEmpty());
  EXPECT_THAT(WaitFor(absl::Seconds(5)), IsEmpty());
  EXPECT_THAT(done, ElementsAre("a", "b", "c", "d"));
  // At once: that time is over.
  simulation_.At(absl::Seconds(1), note("e"));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(done, ElementsAre("a", "b", "c", "d", "e"));
}

// What an action owns may use the simulation in its destructor.
TEST_F(SimulatedSelectorTest, WhatAnActionOwnsMayCallBack) {
  std::vector<absl::Duration> ends;
  struct CallsBack {
    ~CallsBack() { ends.push_back(simulation.now()); }
    Simulation& simulation;
    std::vector<absl::Duration>& ends;
  };
  auto owned = std::make_unique<CallsBack>(CallsBack{simulation_, ends});
  ends.clear();  // Of the copy.
  simulation_.After(absl::Seconds(1), [owned = std::move(owned)] {});
  EXPECT_THAT(WaitFor(absl::Seconds(2)), IsEmpty());
  EXPECT_THAT(ends, ElementsAre(absl::Seconds(1)));
}

TEST_F(SimulatedSelectorTest, AnActionMayPlanTheNext) {
  std::vector<absl::Duration> times;
  struct Ticker {
    Simulation& simulation;
    std::vector<absl::Duration>& times;
    void Tick() {
      times.push_back(simulation.now());
      simulation.After(absl::Seconds(1), [this] { Tick(); });
    }
  } ticker{simulation_, times};
  ticker.Tick();
  simulation_.Advance(absl::Milliseconds(2500));
  EXPECT_THAT(times, ElementsAre(absl::ZeroDuration(), absl::Seconds(1),
                                 absl::Seconds(2)));
  EXPECT_EQ(simulation_.now(), absl::Milliseconds(2500));
  simulation_.Advance(-absl::Seconds(1));
  EXPECT_EQ(simulation_.now(), absl::Milliseconds(2500));
}

TEST_F(SimulatedSelectorTest, ALoopSeesEventsAtTheirTimes) {
  ASSERT_THAT(Add(Mode::kEdge), IsOk());
  for (const int second : {3, 7}) {
    simulation_.At(absl::Seconds(second), [this] {
      simulation_.AddReadiness(handle_, Readiness::kReadable);
    });
  }
  EXPECT_THAT(WaitFor(absl::Seconds(5)), SizeIs(1));
  EXPECT_EQ(simulation_.now(), absl::Seconds(3));
  EXPECT_THAT(WaitFor(absl::Seconds(3)), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(6));
  EXPECT_THAT(WaitFor(kForever), SizeIs(1));
  EXPECT_EQ(simulation_.now(), absl::Seconds(7));
}

TEST_F(SimulatedSelectorTest, TheSimulationMayEndFirst) {
  auto simulation = std::make_unique<Simulation>();
  const Handle handle = simulation->MakeHandle();
  simulation->SetReadiness(handle, Readiness::kReadable);
  SimulatedSelector selector(*simulation);
  simulation.reset();
  EXPECT_THAT(selector.Add(handle, Token(1), Interest::kReadable), IsOk());
  EXPECT_THAT(WaitOn(selector, absl::ZeroDuration()), SizeIs(1));
}

// ---- Handles

TEST_F(SimulatedSelectorTest, WhatIsNotOpenCannotBecomeReady) {
  EXPECT_TRUE(simulation_.SetReadiness(handle_, Readiness::kReadable));
  EXPECT_EQ(simulation_.readiness(handle_), Readiness::kReadable);
  EXPECT_FALSE(simulation_.Reopen(handle_));
  ASSERT_TRUE(simulation_.CloseHandle(handle_));
  EXPECT_FALSE(simulation_.CloseHandle(handle_));
  EXPECT_FALSE(simulation_.IsOpen(handle_));
  EXPECT_FALSE(simulation_.SetReadiness(handle_, Readiness::kReadable));
  EXPECT_FALSE(simulation_.AddReadiness(handle_, Readiness::kReadable));
  EXPECT_FALSE(simulation_.ClearReadiness(handle_, Readiness::kReadable));
  EXPECT_EQ(simulation_.readiness(handle_), Readiness());
  EXPECT_EQ(simulation_.Duplicate(handle_), kInvalidHandle);
  EXPECT_FALSE(simulation_.Reopen(kInvalidHandle));
  ASSERT_TRUE(simulation_.Reopen(handle_));
  EXPECT_EQ(simulation_.readiness(handle_), Readiness());
}

// ---- Faults

TEST_F(SimulatedSelectorTest, AnEmptyWaitComesBeforeItsTime) {
  SimulatedFaults faults;
  faults.empty_wait = 1;
  selector_.SetFaults(faults);
  EXPECT_THAT(WaitFor(kForever), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::ZeroDuration());
  EXPECT_THAT(WaitFor(absl::Seconds(1)), IsEmpty());
  EXPECT_LT(simulation_.now(), absl::Seconds(1));
  // It hides nothing.
  AddReadyHandles();
  EXPECT_THAT(WaitFor(kForever), SizeIs(kHandles));
}

TEST_F(SimulatedSelectorTest, ASpuriousEventIsAPartOfTheInterest) {
  const Handle closing = simulation_.MakeHandle();
  const Handle parked = simulation_.MakeHandle();
  ASSERT_THAT(
      selector_.Add(handle_, Token(1),
                    Interest::kReadable | Interest::kPriority, Mode::kEdge),
      IsOk());
  ASSERT_THAT(
      selector_.Add(closing, Token(2), Interest::kReadable, Mode::kOneshot),
      IsOk());
  ASSERT_THAT(selector_.Add(parked, Token(3), Interest::kNone), IsOk());
  SimulatedFaults faults;
  faults.spurious_event = 1;
  selector_.SetFaults(faults);
  constexpr Readiness kAsked = Readiness::kReadable | Readiness::kPriority;
  for (int i = 0; i < 20; ++i) {
    const std::vector<Event> events = WaitFor(kForever);
    // The oneshot one is spent by the first.
    ASSERT_THAT(events, SizeIs(i == 0 ? 2 : 1));
    EXPECT_THAT(events[0], HasToken(1));
    EXPECT_TRUE(kAsked.contains(events[0].readiness)) << events[0];
    EXPECT_FALSE(events[0].readiness.empty());
  }
  // What is ready is reported as it is, once.
  simulation_.SetReadiness(handle_, Readiness::kReadable);
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_F(SimulatedSelectorTest, AShortBatchLeavesTheRestForTheNext) {
  AddReadyHandles();
  SimulatedFaults faults;
  faults.short_batch = 1;
  selector_.SetFaults(faults);
  std::vector<bool> is_reported(kHandles);
  for (std::size_t i = 0; i < 2 * kHandles; ++i) {
    const std::vector<Event> events = WaitFor(kForever);
    EXPECT_GE(events.size(), 1u);
    EXPECT_LT(events.size(), kHandles);
    for (const Event& event : events) is_reported[event.token.value()] = true;
  }
  EXPECT_THAT(is_reported, ::testing::Each(true));
}

TEST_F(SimulatedSelectorTest, ReorderedEventsAreTheSameInAnotherOrder) {
  AddReadyHandles();
  const std::vector<Event> in_order = Poll();
  EXPECT_THAT(in_order, SizeIs(kHandles));
  SimulatedFaults faults;
  faults.reordered = 1;
  selector_.SetFaults(faults);
  const std::vector<Event> reordered = Poll();
  EXPECT_NE(reordered, in_order);
  EXPECT_THAT(reordered, ::testing::UnorderedElementsAreArray(in_order));
  // Where there is no room for all, others come first.
  EXPECT_NE(Poll(kHandles / 2), Poll(kHandles / 2));
}

TEST_F(SimulatedSelectorTest, ALateEventComesLaterButComes) {
  ASSERT_THAT(Add(Mode::kEdge), IsOk());
  SimulatedFaults faults;
  faults.late_event = 1;
  faults.max_lateness = absl::Seconds(1);
  selector_.SetFaults(faults);
  for (int i = 0; i < 20; ++i) {
    simulation_.AddReadiness(handle_, Readiness::kReadable);
    EXPECT_THAT(Poll(), IsEmpty());
    const absl::Duration before = simulation_.now();
    EXPECT_THAT(WaitFor(kForever), SizeIs(1));
    EXPECT_GT(simulation_.now(), before);
    EXPECT_LE(simulation_.now(), before + absl::Seconds(1));
  }
}

// ---- One seed, one simulation

std::string Story(std::uint64_t seed) {
  SimulationOptions options;
  options.seed = seed;
  Simulation simulation(options);
  SimulatedSelector selector(simulation);
  SimulatedFaults faults;
  faults.empty_wait = 0.2;
  faults.spurious_event = 0.1;
  faults.short_batch = 0.3;
  faults.reordered = 0.3;
  faults.late_event = 0.3;
  selector.SetFaults(faults);
  std::vector<Handle> handles;
  for (std::size_t i = 0; i < kHandles; ++i) {
    handles.push_back(simulation.MakeHandle());
    EXPECT_THAT(
        selector.Add(handles[i], Token(i), Interest::kReadable, Mode::kEdge),
        IsOk());
    simulation.After(absl::Milliseconds(i), [&simulation, handle = handles[i]] {
      simulation.AddReadiness(handle, Readiness::kReadable);
    });
  }
  std::vector<Event> room(8);
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(
        selector.Wait(absl::MakeSpan(room), absl::Milliseconds(5)).status(),
        IsOk());
  }
  return selector.CallsToString();
}

TEST(SimulatedSeedTest, TheSameSeedMakesTheSameSimulation) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(Story(seed), Story(seed));
    EXPECT_NE(Story(seed), Story(seed + 1));
  }
}

// ---- Failures

TEST_F(SimulatedSelectorTest, CallsFailOnDemandAndChangeNothing) {
  const absl::Status no_memory = absl::ResourceExhaustedError("no memory");
  selector_.FailNext(Kind::kAdd, absl::OkStatus());
  selector_.FailNext(Kind::kAdd, no_memory);
  const Handle second = simulation_.MakeHandle();
  const Handle third = simulation_.MakeHandle();
  EXPECT_THAT(Add(), IsOk());
  EXPECT_EQ(selector_.Add(second, Token(2), Interest::kReadable), no_memory);
  EXPECT_THAT(selector_.Add(third, Token(3), Interest::kReadable), IsOk());
  EXPECT_EQ(selector_.registrations(), 2u);

  selector_.FailNext(Kind::kModify, no_memory);
  EXPECT_EQ(
      selector_.Modify(handle_, Token(9), Interest::kWritable, Mode::kLevel),
      no_memory);
  EXPECT_EQ(selector_.Find(handle_)->token, Token(1));

  selector_.FailNext(Kind::kRemove, no_memory);
  EXPECT_EQ(selector_.Remove(handle_), no_memory);
  EXPECT_TRUE(selector_.Find(handle_).has_value());

  simulation_.SetReadiness(handle_, Readiness::kReadable);
  selector_.FailNext(Kind::kWait, absl::InternalError("no poll"));
  EXPECT_THAT(WaitStatus(kForever), HasCode(absl::StatusCode::kInternal));
  EXPECT_THAT(WaitFor(kForever), ElementsAre(HasToken(1)));

  ASSERT_THAT(selector_.Remove(handle_), IsOk());
  selector_.FailNext(Kind::kWake, absl::InternalError(""));
  EXPECT_THAT(selector_.Wake(), HasCode(absl::StatusCode::kInternal));
  EXPECT_THAT(WaitFor(absl::Seconds(1)), IsEmpty());
  EXPECT_EQ(simulation_.now(), absl::Seconds(1)) << "nothing woke it";
}

TEST_F(SimulatedSelectorTest, WhatIsRefusedByItsArgumentsUsesNoFailureUp) {
  const absl::Status no_memory = absl::ResourceExhaustedError("no memory");
  selector_.FailNext(Kind::kAdd, no_memory);
  EXPECT_THAT(selector_.Add(handle_, Token(1), Interest::kReadable,
                            Mode::kExclusive | Mode::kOneshot),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(Add(), no_memory);
  ASSERT_THAT(Add(), IsOk());

  selector_.FailNext(Kind::kModify, no_memory);
  EXPECT_THAT(selector_.Modify(handle_, Token(1), Interest::kReadable,
                               Mode::kExclusive),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(
      selector_.Modify(handle_, Token(1), Interest::kWritable, Mode::kLevel),
      no_memory);

  selector_.FailNext(Kind::kWait, no_memory);
  EXPECT_THAT(selector_.Wait({}, absl::ZeroDuration()).status(),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(WaitStatus(absl::ZeroDuration()), no_memory);
}

// ---- What was called

TEST_F(SimulatedSelectorTest, TellsWhatIsRegistered) {
  EXPECT_FALSE(selector_.Find(handle_).has_value());
  ASSERT_THAT(Add(Mode::kOneshot), IsOk());
  auto found = selector_.Find(handle_);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->token, Token(1));
  EXPECT_EQ(found->interest, Interest::kReadable);
  EXPECT_EQ(found->mode, Mode::kOneshot);
  EXPECT_TRUE(found->is_armed);
  simulation_.SetReadiness(handle_, Readiness::kReadable);
  EXPECT_THAT(Poll(), SizeIs(1));
  EXPECT_FALSE(selector_.Find(handle_)->is_armed);
  EXPECT_FALSE(selector_.Find(simulation_.Duplicate(handle_)).has_value());
  EXPECT_EQ(selector_.registrations(), 1u);
  ASSERT_THAT(selector_.Remove(handle_), IsOk());
  EXPECT_EQ(selector_.registrations(), 0u);
}

TEST_F(SimulatedSelectorTest, TellsWhichCallsItGot) {
  ASSERT_THAT(Add(Mode::kEdge), IsOk());
  simulation_.After(absl::Milliseconds(3), [this] {
    simulation_.SetReadiness(handle_, Readiness::kReadable);
    EXPECT_THAT(selector_.Wake(), IsOk());
  });
  EXPECT_THAT(WaitFor(absl::Seconds(1)), SizeIs(1));
  EXPECT_FALSE(selector_
                   .Modify(simulation_.MakeHandle(), Token(2), Interest::kNone,
                           Mode::kLevel)
                   .ok());
  ASSERT_THAT(selector_.Remove(handle_), IsOk());
  selector_.Close();
  EXPECT_EQ(selector_.count(Kind::kWait), 1u);
  EXPECT_EQ(selector_.count(Kind::kModify), 1u);

  const std::vector<SelectorCall> calls = selector_.calls();
  ASSERT_THAT(calls, SizeIs(6));
  EXPECT_EQ(calls[0].ToString(),
            "[0] Add(100000000, token 1, readable, edge): OK");
  EXPECT_EQ(calls[1].ToString(), "[3ms] Wake(): OK");
  EXPECT_EQ(calls[2].ToString(),
            "[3ms] Wait(64, 1s): OK, {token: 1, readable}");
  EXPECT_THAT(calls[3].ToString(),
              HasSubstr("[3ms] Modify(100000001, token 2, none, level): "
                        "NOT_FOUND"));
  EXPECT_EQ(calls[4].ToString(), "[3ms] Remove(100000000): OK");
  EXPECT_EQ(calls[5].ToString(), "[3ms] Close(): OK");
  EXPECT_THAT(selector_.CallsToString(), HasSubstr("[3ms] Wake(): OK\n"));
  selector_.ClearCalls();
  EXPECT_THAT(selector_.calls(), IsEmpty());
  EXPECT_EQ(selector_.count(Kind::kWait), 1u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
