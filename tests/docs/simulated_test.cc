// A loop under a simulated selector, as docs/guide.md shows it.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>

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
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulated_stream.h"
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

// [begin a loop that reads and writes]
// Sends back what `client` sends, until it sends no more. `sockets` has the
// system's calls, or what a test has in their place.
template <typename Sockets>
absl::Status Echo(event_selector::Selector& selector, Sockets& sockets,
                  event_selector::Handle client) {
  constexpr event_selector::Token kToken(1);
  std::string pending;
  bool at_end = false;
  absl::Status status =
      selector.Add(client, kToken, event_selector::Interest::kReadable);
  while (status.ok() && !(at_end && pending.empty())) {
    event_selector::Event event[1];
    status =
        selector.Wait(absl::MakeSpan(event), absl::InfiniteDuration()).status();
    if (!status.ok()) break;
    char chunk[16];
    const std::ptrdiff_t size =
        pending.empty() ? sockets.Read(client, chunk, sizeof(chunk))
                        : sockets.Write(client, pending.data(), pending.size());
    if (size < 0) {
      if (errno != EAGAIN) status = absl::ErrnoToStatus(errno, "echo");
    } else if (!pending.empty()) {
      pending.erase(0, static_cast<std::size_t>(size));
    } else if (size == 0) {
      at_end = true;
    } else {
      pending.assign(chunk, static_cast<std::size_t>(size));
    }
    if (!status.ok()) break;
    status =
        selector.Modify(client, kToken,
                        pending.empty() ? event_selector::Interest::kReadable
                                        : event_selector::Interest::kWritable,
                        event_selector::Mode::kLevel);
  }
  selector.Remove(client).IgnoreError();
  sockets.Close(client);
  return status;
}
// [end]

// [begin a test with simulated streams]
TEST(EchoTest, LosesNothingWithASlowClient) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    event_selector::testing::SimulationOptions options;
    options.seed = seed;
    event_selector::testing::Simulation simulation(options);
    event_selector::testing::SimulatedSelector selector(simulation);
    event_selector::testing::SimulatedFaults faults;
    faults.spurious_event = 0.3;
    selector.SetFaults(faults);

    event_selector::testing::SimulatedStreamOptions narrow;
    narrow.window = 20;  // Bytes, so that writes soon find no room.
    narrow.short_read = 0.5;
    event_selector::testing::SimulatedStreams streams(simulation, narrow);
    const auto ends = streams.MakePair();
    std::ptrdiff_t sent = 0;
    std::string answer;
    for (int second = 1; second <= 8; ++second) {
      simulation.At(absl::Seconds(second), [&] {
        sent += std::max<std::ptrdiff_t>(
            0, streams.Write(ends.peer, "1234567890"));  // What fits.
      });
      // The client reads late, and too seldom: the window fills up.
      simulation.At(absl::Seconds(3 * second),
                    [&] { answer += streams.ReadAll(ends.peer); });
    }
    simulation.At(absl::Seconds(9), [&] { streams.ShutdownWrite(ends.peer); });

    const absl::Status status = Echo(selector, streams, ends.program);
    ASSERT_TRUE(status.ok()) << "seed " << seed << ": " << status;
    answer += streams.ReadAll(ends.peer);
    EXPECT_EQ(static_cast<std::ptrdiff_t>(answer.size()), sent);
    EXPECT_TRUE(streams.HasEnded(ends.peer));  // And was not reset.
    EXPECT_EQ(streams.open_handles(), 0u);
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
