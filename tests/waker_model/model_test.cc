// Every interleaving of two threads that wake with two that wait: what the
// diagram of backends/epoll/eventfd_waker.h promises, and that each part of the
// protocol is needed for it.

#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/waker_model/machine.h"
#include "tests/waker_model/memory.h"
#include "tests/waker_model/search.h"

namespace event_selector {
namespace testing {
namespace waker_model {
namespace {

using ::testing::StartsWith;

// Whether to leave out some of the largest machines: in a build that is several
// times as slow, and has nothing to find in a test of one thread.
#if defined(ABSL_HAVE_THREAD_SANITIZER)
constexpr bool kIsSlow = true;
#else
constexpr bool kIsSlow = false;
#endif

std::string ToString(const Machine& machine) {
  return absl::StrCat(
      machine.calls, " call(s) each, room for ", machine.room, ", ",
      machine.user_events, " user event(s), ", machine.spurious_writes,
      " spurious write(s)",
      machine.counter_limit != 0 ? ", a counter at its limit" : "",
      machine.writes_may_fail ? ", writes that fail" : "",
      machine.is_moved ? ", moved" : "", machine.is_closed ? ", closed" : "");
}

// Searches, and reports how much there was to search.
Verdict SearchAndTell(const Machine& machine) {
  Verdict verdict = Search(machine);
  std::cout << "  " << ToString(machine) << ": " << verdict.states
            << " states, " << verdict.steps << " steps\n";
  return verdict;
}

// A set of machines of which none breaks a claim.
class WakerModel : public ::testing::Test {
 protected:
  void ExpectNoCounterexample(const Machine& machine) {
    const Verdict verdict = SearchAndTell(machine);
    EXPECT_EQ(verdict.broken_claim, "") << ToString(machine) << "\n"
                                        << verdict.counterexample;
    states_ += verdict.states;
  }

  // That the searches were no empty ones.
  void ExpectStates(std::size_t floor) {
    std::cout << "  in all: " << states_ << " states\n";
    EXPECT_GT(states_, floor);
  }

 private:
  std::size_t states_ = 0;
};

// K1, K2, with wake-ups only: also with writes of others' to the eventfd, and
// with a counter that reaches its limit again and again.
TEST_F(WakerModel, K1NoInterleavingLosesAWakeUp) {
  for (const int calls : {1, 2}) {
    for (const int room : {1, 2}) {
      for (const int spurious_writes : {0, 1}) {
        for (const int counter_limit : {0, 2}) {
          if (calls * spurious_writes == 2 && counter_limit != 0) continue;
          Machine machine;
          machine.calls = calls;
          machine.room = room;
          machine.spurious_writes = spurious_writes;
          machine.counter_limit = counter_limit;
          ExpectNoCounterexample(machine);
        }
      }
    }
  }
  ExpectStates(100000);
}

// K3: events among the wake-ups, with room for one, for all, and in between.
TEST_F(WakerModel, K3NoInterleavingLosesAnEvent) {
  for (const int calls : {1, 2}) {
    for (const int room : {1, 2}) {
      for (const int user_events : {1, 2}) {
        for (const int spurious_writes : {0, 1}) {
          if (calls * user_events * (1 + spurious_writes) > 2)
            continue;  // Many.
          Machine machine;
          machine.calls = calls;
          machine.room = room;
          machine.user_events = user_events;
          machine.spurious_writes = spurious_writes;
          ExpectNoCounterexample(machine);
        }
      }
    }
  }
  ExpectStates(100000);
}

// The move into the nested queue, at any moment.
TEST_F(WakerModel, K1TheMoveLosesNoWakeUp) {
  for (const int room : {1, 2, 3}) {
    for (const int user_events : {0, 1}) {
      for (const int counter_limit : {0, 2}) {
        if (room * user_events > 2 && counter_limit != 0) continue;
        Machine machine;
        machine.is_moved = true;
        machine.room = room;
        machine.user_events = user_events;
        machine.counter_limit = counter_limit;
        ExpectNoCounterexample(machine);
      }
    }
  }
  Machine machine;
  machine.is_moved = true;
  machine.spurious_writes = 1;
  ExpectNoCounterexample(machine);
  machine.calls = 2;
  machine.spurious_writes = 0;
  if (!kIsSlow) ExpectNoCounterexample(machine);
  ExpectStates(kIsSlow ? 400000 : 800000);
}

// K5, at any moment, the move among them.
TEST_F(WakerModel, K5CloseEndsEveryWait) {
  for (const bool is_moved : {false, true}) {
    for (const int room : {1, 2}) {
      for (const int counter_limit : {0, 2}) {
        if (kIsSlow && is_moved && counter_limit != 0) continue;
        Machine machine;
        machine.is_closed = true;
        machine.is_moved = is_moved;
        machine.room = room;
        machine.counter_limit = counter_limit;
        ExpectNoCounterexample(machine);
        if (is_moved) continue;
        machine.user_events = 1;
        ExpectNoCounterexample(machine);
      }
    }
  }
  ExpectStates(kIsSlow ? 600000 : 900000);
}

// A write(2) that fails is told to the caller of `Wake`, and leaves nothing
// pending that would keep later calls from writing.
TEST_F(WakerModel, K1AFailedWriteKeepsNoLaterCallFromWaking) {
  for (const int calls : {1, 2}) {
    for (const int room : {1, 2}) {
      for (const int user_events : {0, 1}) {
        Machine machine;
        machine.writes_may_fail = true;
        machine.is_joining_excused = true;
        machine.calls = calls;
        machine.room = room;
        machine.user_events = user_events;
        ExpectNoCounterexample(machine);
      }
    }
  }
  ExpectStates(200000);
}

// What it may do is to take calls along that have returned success: those that
// relied on that write, and, where others write to the eventfd as well, one
// whose own write came just before. The kernel itself never fails the write of
// an eventfd; a seccomp filter or a closed descriptor does, and then always.
TEST_F(WakerModel, AFailedWriteMayTakeOthersAlong) {
  Machine machine;
  machine.writes_may_fail = true;
  EXPECT_THAT(SearchAndTell(machine).broken_claim, StartsWith("K1"));
  machine.is_joining_excused = true;
  machine.spurious_writes = 1;
  EXPECT_THAT(SearchAndTell(machine).broken_claim, StartsWith("K1"));
}

// Of all pairs of memory orders, those hold that release in `Wake`, as what was
// written before it has to go along, and acquire in `Acknowledge`, as it has to
// arrive. An exchange that does not release carries on what others released.
TEST_F(WakerModel, K1NeedsReleaseInWakeAndAcquireInAcknowledge) {
  const std::vector<Order> orders = {Order::kRelaxed, Order::kAcquire,
                                     Order::kRelease, Order::kAcqRel};
  for (const Order wake : orders) {
    for (const Order acknowledge : orders) {
      Machine machine;
      machine.calls = 2;
      machine.wake = wake;
      machine.acknowledge = acknowledge;
      const Verdict verdict = SearchAndTell(machine);
      if (Releases(wake) && Acquires(acknowledge)) {
        EXPECT_EQ(verdict.broken_claim, "") << verdict.counterexample;
      } else {
        EXPECT_THAT(verdict.broken_claim, StartsWith("K1"));
      }
    }
  }
}

// ---- Machines that are wrong: the search finds out how.

struct WrongMachine {
  std::string name;
  Defect defect;
  // The beginning of the claim that it breaks.
  std::string broken_claim;
  Machine machine = {};
};

std::ostream& operator<<(std::ostream& out, const WrongMachine& wrong) {
  return out << wrong.name;
}

Machine WithUserEvent(int room) {
  Machine machine;
  machine.room = room;
  machine.user_events = 1;
  return machine;
}
Machine WithSpuriousWrite() {
  Machine machine;
  machine.spurious_writes = 1;
  return machine;
}
Machine WithFailures() {
  Machine machine;
  machine.writes_may_fail = true;
  machine.is_joining_excused = true;
  return machine;
}
Machine Moved() {
  Machine machine;
  machine.is_moved = true;
  return machine;
}
Machine Closed() {
  Machine machine;
  machine.is_closed = true;
  return machine;
}
Machine MovedAndClosed() {
  Machine machine = Moved();
  machine.is_closed = true;
  return machine;
}

const std::vector<WrongMachine>& WrongMachines() {
  static const auto* const machines = new std::vector<WrongMachine>{
      {"AcknowledgesBeforeTheWait", Defect::kAcknowledgeBeforeWait, "K1"},
      {"AcknowledgesBeforeTheLastPlace", Defect::kAcknowledgeBeforeTheLastPlace,
       "K1", WithUserEvent(1)},
      {"IgnoresNoEvent", Defect::kIgnoreNoEvent, "K2", WithSpuriousWrite()},
      {"StaysPendingAfterAFailure", Defect::kKeepPendingWhereWriteFails, "K1",
       WithFailures()},
      {"SkipsTheWriteWhereNobodyWaits", Defect::kSkipWriteWhereNobodyWaits,
       "K1"},
      {"LoadsAndStoresInWake", Defect::kLoadAndStoreInWake, "K1"},
      {"LoadsAndStoresInAcknowledge", Defect::kLoadAndStoreInAcknowledge, "K1"},
      {"IsLevelTriggered", Defect::kLevelTriggered, "from here on"},
      {"DropsEventsThatCameWithAWakeUp", Defect::kDropEventsOnWake, "K3",
       WithUserEvent(2)},
      {"MovesAndClearsTheCounter", Defect::kMoveClearsCounter, "K1", Moved()},
      {"MovesAndDropsTheEdge", Defect::kMoveDropsTheEdge, "K1", Moved()},
      {"MovesToNowhere", Defect::kMoveWithoutNestedQueue, "K1", Moved()},
      {"MovesAfterTheClose", Defect::kMoveAfterClose, "K5", MovedAndClosed()},
      {"ClosesByOneWakeUp", Defect::kCloseByWake, "K5", Closed()},
  };
  return *machines;
}

class WrongWakerModel : public ::testing::TestWithParam<WrongMachine> {};
INSTANTIATE_TEST_SUITE_P(Defects, WrongWakerModel,
                         ::testing::ValuesIn(WrongMachines()),
                         ::testing::PrintToStringParamName());

TEST_P(WrongWakerModel, HasACounterexample) {
  Machine machine = GetParam().machine;
  // Without the defect, nothing is wrong with it.
  const Verdict right = Search(machine);
  EXPECT_EQ(right.broken_claim, "") << right.counterexample;
  machine.defect = GetParam().defect;
  const Verdict wrong = Search(machine);
  EXPECT_THAT(wrong.broken_claim, StartsWith(GetParam().broken_claim));
  std::cout << wrong.counterexample;
}

}  // namespace
}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
