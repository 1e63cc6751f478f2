// A loop under a simulated selector, as docs/guide.md shows it.

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gtest/gtest.h"

namespace {

// [begin a loop to be tested]
// Waits until `handle` is readable. kDeadlineExceeded: not within `patience`.
// `now` is the clock.
template <typename Clock>
absl::Status AwaitReadable(event_selector::Selector& selector,
                           event_selector::Handle handle,
                           absl::Duration patience, Clock now) {
  const absl::Status added = selector.Add(handle, event_selector::Token(1),
                                          event_selector::Interest::kReadable);
  if (!added.ok()) return added;
  const absl::Duration deadline = now() + patience;
  absl::Status result;
  for (bool readable = false; result.ok() && !readable;) {
    event_selector::Event event[1];
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(event), deadline - now());
    if (!ready.ok()) {
      result = ready.status();
    } else if (!ready->empty()) {
      readable = event[0].readiness.readable();
    } else if (now() >= deadline) {
      result = absl::DeadlineExceededError("nothing came");
    }
  }
  selector.Remove(handle).IgnoreError();
  return result;
}
// [end]

// [begin a test with a simulated selector]
TEST(AwaitReadableTest, GivesUpAfterItsPatienceAndNotBefore) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    event_selector::testing::SimulationOptions options;
    options.seed = seed;
    event_selector::testing::Simulation simulation(options);
    event_selector::testing::SimulatedSelector selector(simulation);
    event_selector::testing::SimulatedFaults faults;
    faults.empty_wait = 0.5;  // As an interrupted call, or a Wake.
    selector.SetFaults(faults);

    const event_selector::Handle handle = simulation.MakeHandle();
    const absl::Status late = AwaitReadable(selector, handle, absl::Hours(1),
                                            [&] { return simulation.now(); });
    EXPECT_TRUE(absl::IsDeadlineExceeded(late)) << selector.CallsToString();
    EXPECT_EQ(simulation.now(), absl::Hours(1));  // And no time has passed.
    EXPECT_EQ(selector.registrations(), 0u);
  }
}
// [end]

TEST(AwaitReadableTest, ReturnsWhenSomethingComes) {
  event_selector::testing::Simulation simulation;
  event_selector::testing::SimulatedSelector selector(simulation);
  const event_selector::Handle handle = simulation.MakeHandle();
  simulation.After(absl::Minutes(1), [&] {
    simulation.SetReadiness(handle, event_selector::Readiness::kReadable);
  });
  EXPECT_TRUE(AwaitReadable(selector, handle, absl::Hours(1), [&] {
                return simulation.now();
              }).ok());
  EXPECT_EQ(simulation.now(), absl::Minutes(1));
}

}  // namespace
