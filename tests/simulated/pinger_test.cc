// The example of event/testing/simulated_selector.h.

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace testing {
namespace {

// What the code under test reads and writes with: the system, or a test.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual void ReadAll() = 0;
  virtual void SendPing() = 0;
};

// The code under test: sends a ping whenever a connection was silent for a
// minute.
class Pinger {
 public:
  Pinger(event_selector::Selector& selector, event_selector::Handle connection,
         Stream& stream, std::function<absl::Duration()> clock)
      : selector_(selector),
        connection_(connection),
        stream_(stream),
        clock_(std::move(clock)) {}

  // Returns kCancelled once the selector is closed.
  absl::Status Run() {
    absl::Status status = selector_.Add(connection_, event_selector::Token(1),
                                        event_selector::Interest::kReadable);
    std::array<event_selector::Event, 4> room;
    absl::Duration ping_at = clock_() + kSilence;
    while (status.ok()) {
      const absl::StatusOr<absl::Span<event_selector::Event>> ready =
          selector_.Wait(absl::MakeSpan(room),
                         std::max(ping_at - clock_(), absl::ZeroDuration()));
      status = ready.status();
      if (!status.ok()) break;
      if (!ready->empty()) {
        stream_.ReadAll();
        ping_at = clock_() + kSilence;
      } else if (clock_() >= ping_at) {
        stream_.SendPing();
        ping_at = clock_() + kSilence;
      }
    }
    return status;
  }

 private:
  static constexpr absl::Duration kSilence = absl::Minutes(1);

  event_selector::Selector& selector_;
  const event_selector::Handle connection_;
  Stream& stream_;
  const std::function<absl::Duration()> clock_;
};

class FakeStream final : public Stream {
 public:
  FakeStream(event_selector::testing::Simulation& simulation,
             event_selector::Handle handle)
      : simulation_(simulation), handle_(handle) {}

  void ReadAll() override {
    simulation_.ClearReadiness(handle_, event_selector::Readiness::kReadable);
  }
  void SendPing() override { ++pings_; }

  int pings() const { return pings_; }

 private:
  event_selector::testing::Simulation& simulation_;
  const event_selector::Handle handle_;
  int pings_ = 0;
};

TEST(PingerTest, SendsAPingWhenNothingCameForAMinute) {
  event_selector::testing::Simulation simulation;
  event_selector::testing::SimulatedSelector selector(simulation);
  const event_selector::Handle connection = simulation.MakeHandle();
  simulation.After(absl::Seconds(50), [&] {
    simulation.SetReadiness(connection, event_selector::Readiness::kReadable);
  });
  simulation.After(absl::Seconds(200), [&] { selector.Close(); });

  FakeStream stream(simulation, connection);
  Pinger pinger(selector, connection, stream, [&] { return simulation.now(); });
  EXPECT_EQ(pinger.Run().code(), absl::StatusCode::kCancelled);

  // At 50 s data came: pings at 110 s and at 170 s.
  EXPECT_EQ(stream.pings(), 2);
  EXPECT_EQ(simulation.now(), absl::Seconds(200));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
