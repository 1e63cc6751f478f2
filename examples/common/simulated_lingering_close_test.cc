// The limits, in simulated time.

#include <chrono>
#include <string>

#include "absl/time/time.h"
#include "event/handle.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/common/simulated_sockets.h"
#include "gtest/gtest.h"

namespace examples {
namespace {

using event_selector::testing::SimulatedSelector;
using event_selector::testing::SimulatedStreams;
using event_selector::testing::Simulation;

class SimulatedLingeringCloseTest : public testing::Test {
 protected:
  void Add(const std::string& unsent = "") {
    closing_.Add(Descriptor(pair_.program), unsent);
  }
  void SendEverySecond(int seconds) {
    for (int i = 1; i <= seconds; ++i) {
      simulation_.At(absl::Seconds(i),
                     [this] { streams_.Write(pair_.peer, "more"); });
    }
  }
  static LingeringClose::Limits TwoAndTenSeconds() {
    LingeringClose::Limits limits;
    limits.quiet = std::chrono::seconds(2);
    limits.total = std::chrono::seconds(10);
    return limits;
  }

  Simulation simulation_;
  SimulatedSelector selector_{simulation_};
  SimulatedStreams streams_{simulation_};
  SimulatedSockets sockets_{simulation_, streams_};
  SimulatedStreams::Pair pair_ = streams_.MakePair();
  LingeringClose closing_{selector_, TwoAndTenSeconds()};
};

TEST_F(SimulatedLingeringCloseTest, EndsWithThePeersStream) {
  streams_.Write(pair_.peer, "never read by the server");
  Add("bye");
  simulation_.At(absl::Seconds(1), [this] { streams_.Close(pair_.peer); });
  EXPECT_EQ(streams_.ReadAll(pair_.peer), "bye");
  EXPECT_TRUE(streams_.HasEnded(pair_.peer));
  closing_.Drain();
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
  EXPECT_EQ(streams_.open_handles(), 0u);
  EXPECT_EQ(selector_.registrations(), 0u);
}

TEST_F(SimulatedLingeringCloseTest, GivesUpAPeerThatIsQuiet) {
  Add();
  SendEverySecond(3);
  closing_.Drain();
  EXPECT_EQ(simulation_.now(), absl::Seconds(5));
  EXPECT_FALSE(streams_.WasReset(pair_.peer)) << "nothing was unread";
  EXPECT_EQ(streams_.open_handles(), 0u);
}

TEST_F(SimulatedLingeringCloseTest, GivesUpAPeerThatNeverEnds) {
  Add();
  SendEverySecond(100);
  closing_.Drain();
  EXPECT_EQ(simulation_.now(), absl::Seconds(10));
  EXPECT_EQ(streams_.open_handles(), 0u);
}

TEST_F(SimulatedLingeringCloseTest, WaitsForAPeerThatReadsSlowly) {
  streams_.SetWindow(pair_.peer, 10);
  Add(std::string(40, 'x'));
  std::string received;
  for (int i = 1; i < 10; ++i) {
    simulation_.At(absl::Seconds(3 * i),
                   [&] { received += streams_.ReadAll(pair_.peer); });
  }
  // A shut-down stream does not end what is on its way back.
  streams_.ShutdownWrite(pair_.peer);
  closing_.Drain();
  received += streams_.ReadAll(pair_.peer);
  // By the time of 9 s all but the last ten bytes were taken.
  EXPECT_EQ(received.size(), 40u);
  EXPECT_EQ(simulation_.now(), absl::Seconds(9));
  EXPECT_TRUE(streams_.HasEnded(pair_.peer));
}

TEST_F(SimulatedLingeringCloseTest, AResetIsTheEnd) {
  Add("bye");
  streams_.ResetWhenClosed(pair_.peer);
  simulation_.At(absl::Seconds(1), [this] { streams_.Close(pair_.peer); });
  closing_.Drain();
  EXPECT_EQ(simulation_.now(), absl::Seconds(1));
  EXPECT_EQ(streams_.open_handles(), 0u);
}

TEST_F(SimulatedLingeringCloseTest, AClosedSelectorEndsTheDrain) {
  Add();
  selector_.Close();
  closing_.Drain();
  EXPECT_EQ(closing_.size(), 0u);
}

}  // namespace
}  // namespace examples
