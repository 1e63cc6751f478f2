#ifndef TESTS_SIMULATED_SIMULATED_TEST_H_
#define TESTS_SIMULATED_SIMULATED_TEST_H_

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace testing {

// One simulation and one selector, for one thread.
class SimulatedTest : public ::testing::Test {
 protected:
  static SimulationOptions Seed(std::uint64_t seed) {
    SimulationOptions options;
    options.seed = seed;
    return options;
  }

  // `Wait` with room for `room` events: those that came. Fails the test on an
  // error.
  static std::vector<Event> WaitOn(Selector& selector, absl::Duration timeout,
                                   std::size_t room = 64) {
    std::vector<Event> events(room);
    const absl::StatusOr<absl::Span<Event>> ready =
        selector.Wait(absl::MakeSpan(events), timeout);
    EXPECT_TRUE(ready.ok()) << ready.status();
    events.resize(ready.ok() ? ready->size() : 0);
    return events;
  }
  std::vector<Event> WaitFor(absl::Duration timeout, std::size_t room = 64) {
    return WaitOn(selector_, timeout, room);
  }
  std::vector<Event> Poll(std::size_t room = 64) {
    return WaitFor(absl::ZeroDuration(), room);
  }

  Simulation simulation_;
  SimulatedSelector selector_{simulation_};
};

// With a handle, for the tests of the contract.
class SimulatedContract : public SimulatedTest {
 protected:
  void Set(Readiness readiness) {
    ASSERT_TRUE(simulation_.SetReadiness(handle_, readiness));
  }
  void MakeReadable() { Set(Readiness::kReadable); }

  absl::Status Add(Token token, Interest interest = Interest::kReadable,
                   Mode mode = Mode::kLevel) {
    return selector_.Add(handle_, token, interest, mode);
  }
  absl::Status Modify(Token token, Interest interest = Interest::kReadable,
                      Mode mode = Mode::kLevel) {
    return selector_.Modify(handle_, token, interest, mode);
  }

  Handle handle_ = simulation_.MakeHandle();
};

// One simulation and one selector, for several threads.
class SimulatedThreadsTest : public ::testing::Test {
 protected:
  static SimulationOptions OtherThreads() {
    SimulationOptions options;
    options.has_other_threads = true;
    return options;
  }

  Simulation simulation_{OtherThreads()};
  SimulatedSelector selector_{simulation_};
};

// A thread that calls `Wait` once. The destructor waits for its end.
class SimulatedWaiter {
 public:
  explicit SimulatedWaiter(Selector& selector,
                           absl::Duration timeout = absl::InfiniteDuration())
      : thread_([this, &selector, timeout] {
          std::vector<Event> room(64);
          const absl::StatusOr<absl::Span<Event>> ready =
              selector.Wait(absl::MakeSpan(room), timeout);
          status_ = ready.status();
          if (ready.ok()) events_.assign(ready->begin(), ready->end());
        }) {}
  ~SimulatedWaiter() { Join(); }

  // What `Wait` returned. Blocks until it has.
  absl::Status status() {
    Join();
    return status_;
  }
  std::vector<Event> events() {
    Join();
    return events_;
  }

 private:
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

  absl::Status status_;
  std::vector<Event> events_;
  std::thread thread_;  // Last: it uses the others from its start.
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SIMULATED_SIMULATED_TEST_H_
