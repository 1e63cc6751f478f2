// Timers in virtual time: hours of a server take no time, and hostile waits
// change nothing.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulated/simulated_test.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SimulatedTimersTest : public SimulatedTest {
 protected:
  TimerId Add(absl::Duration deadline, int number) {
    const absl::StatusOr<TimerId> id = timers_.Add(deadline, number);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.value_or(TimerId());
  }
  std::vector<int> Round() {
    std::vector<int> due;
    while (const std::optional<int> next = timers_.PopDue(simulation_.now())) {
      due.push_back(*next);
    }
    return due;
  }

  TimerQueue<int> timers_;
};

TEST_F(SimulatedTimersTest, T1T3EachComesAtItsDeadlineToTheNanosecond) {
  Add(absl::Hours(2), 2);
  Add(absl::Seconds(1) + absl::Nanoseconds(1), 1);
  Add(absl::Hours(10000), 3);
  for (const absl::Duration deadline : {absl::Seconds(1) + absl::Nanoseconds(1),
                                        absl::Hours(2), absl::Hours(10000)}) {
    EXPECT_THAT(WaitFor(timers_.UntilNext(simulation_.now())), IsEmpty());
    EXPECT_EQ(simulation_.now(), deadline);
    EXPECT_EQ(Round().size(), 1u);
  }
  EXPECT_TRUE(timers_.empty());
}

TEST_F(SimulatedTimersTest, T2AClockThatStandsStillHasRounds) {
  const Handle handle = simulation_.MakeHandle();
  ASSERT_TRUE(simulation_.SetReadiness(handle, Readiness::kReadable));
  ASSERT_TRUE(selector_.Add(handle, Token(1), Interest::kReadable).ok());
  Add(absl::ZeroDuration(), 0);
  for (int round = 0; round < 100; ++round) {
    ASSERT_EQ(WaitFor(timers_.UntilNext(simulation_.now())).size(), 1u);
    ASSERT_THAT(Round(), ElementsAre(round));
    Add(simulation_.now(), round + 1);
  }
  EXPECT_EQ(simulation_.now(), absl::ZeroDuration());
}

// A server that closes who was silent for a minute.
TEST_F(SimulatedTimersTest, T5IdleConnectionsAreClosedInTimeByHostileWaits) {
  constexpr absl::Duration kPatience = absl::Minutes(1);
  constexpr std::size_t kConnections = 50;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    Simulation simulation(Seed(seed));
    SimulatedSelector selector(simulation);
    SimulatedFaults faults;
    faults.empty_wait = 0.2;
    faults.spurious_event = 0.01;  // For each handle.
    selector.SetFaults(faults);

    struct Connection {
      Handle handle;
      TimerId idle;
      absl::Duration heard_of;  // At last.
      bool is_open = true;
    };
    std::vector<Connection> connections(kConnections);
    TimerQueue<std::size_t> timers;
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i < kConnections; ++i) {
      Connection& connection = connections[i];
      connection.handle = simulation.MakeHandle();
      ASSERT_TRUE(
          selector.Add(connection.handle, Token(i), Interest::kReadable).ok());
      const auto idle = timers.Add(kPatience, i);
      ASSERT_TRUE(idle.ok());
      connection.idle = *idle;
      // It talks for some time, with pauses that are sometimes too long.
      absl::Duration time;
      for (int message = 0; message < 30; ++message) {
        time += absl::Microseconds(random() % 61'000'000);
        simulation.At(time, [&simulation, handle = connection.handle] {
          simulation.SetReadiness(handle, Readiness::kReadable);
        });
      }
    }
    std::size_t closed = 0;
    while (!timers.empty()) {
      for (const Event& event :
           WaitOn(selector, timers.UntilNext(simulation.now()))) {
        Connection& connection = connections[event.token.value()];
        ASSERT_TRUE(connection.is_open);
        if (!simulation.readiness(connection.handle).readable()) continue;
        simulation.ClearReadiness(connection.handle, Readiness::kReadable);
        connection.heard_of = simulation.now();
        ASSERT_TRUE(
            timers.Postpone(connection.idle, simulation.now() + kPatience));
      }
      while (const auto due = timers.PopDue(simulation.now())) {
        Connection& connection = connections[*due];
        ASSERT_TRUE(connection.is_open);
        ASSERT_EQ(simulation.now(), connection.heard_of + kPatience);
        connection.is_open = false;
        ASSERT_TRUE(selector.Remove(connection.handle).ok());
        simulation.CloseHandle(connection.handle);
        ++closed;
      }
    }
    EXPECT_EQ(closed, kConnections);
  }
}

TEST_F(SimulatedTimersTest, T6WithOnlyATimerThatNeverComesTheProgramHangs) {
  Add(absl::InfiniteDuration(), 1);
  std::vector<Event> events(1);
  EXPECT_EQ(
      selector_
          .Wait(absl::MakeSpan(events), timers_.UntilNext(simulation_.now()))
          .status()
          .code(),
      absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
