// The server in simulated time, over simulated sockets: clients that are slow,
// and a selector that is as unkind as it may be, need no waiting here.

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"
#include "examples/chat_server/server.h"
#include "examples/common/listener.h"
#include "examples/common/simulated_sockets.h"
#include "examples/common/stop_signal.h"
#include "gtest/gtest.h"

namespace examples {
namespace chat {
namespace {

using event_selector::Handle;
using event_selector::testing::SimulatedFaults;
using event_selector::testing::SimulatedSelector;
using event_selector::testing::SimulatedStreamOptions;
using event_selector::testing::SimulatedStreams;
using event_selector::testing::Simulation;
using event_selector::testing::SimulationOptions;

constexpr Server::Limits kLimits = {/*max_line=*/100, /*max_backlog=*/5000};

// A server and its world.
class Chat {
 public:
  explicit Chat(std::uint64_t seed = 0,
                const SimulatedStreamOptions& options = {})
      : simulation_(Seed(seed)),
        selector_(simulation_),
        streams_(simulation_, options),
        sockets_(simulation_, streams_) {
    Listener listener = Listener::Create("simulated", 0).value();
    listener_ = listener.handle();
    server_.emplace(selector_, std::move(listener), kLimits,
                    /*transcript=*/nullptr);
  }

  Handle Join() { return streams_.MakeClient(listener_); }
  // At that second: `client` says this, in one piece or several.
  void Say(int second, Handle client, std::vector<std::string> pieces) {
    simulation_.At(absl::Seconds(second), [this, client, pieces] {
      for (const std::string& piece : pieces) streams_.Write(client, piece);
    });
  }

  // Serves up to that second.
  void RunUntil(int second) {
    simulation_.At(absl::Seconds(second), [this] { selector_.Close(); });
    const StopSignal stop({&selector_});
    const absl::Status status = server_->Run(stop);
    EXPECT_TRUE(absl::IsCancelled(status)) << status << "\n"
                                           << selector_.CallsToString();
  }

  // Serves until then, and to the end.
  void StopAt(absl::Duration time) {
    const StopSignal stop({&selector_});
    simulation_.At(time, [] { std::raise(SIGTERM); });
    const absl::Status status = server_->Run(stop);
    EXPECT_TRUE(status.ok()) << status << "\n" << selector_.CallsToString();
  }

  Simulation& simulation() { return simulation_; }
  SimulatedSelector& selector() { return selector_; }
  SimulatedStreams& streams() { return streams_; }
  Server& server() { return *server_; }

 private:
  static SimulationOptions Seed(std::uint64_t seed) {
    SimulationOptions options;
    options.seed = seed;
    return options;
  }

  Simulation simulation_;
  SimulatedSelector selector_;
  SimulatedStreams streams_;
  SimulatedSockets sockets_;
  Handle listener_ = event_selector::kInvalidHandle;
  std::optional<Server> server_;
};

TEST(SimulatedChatTest, WhatOneSaysAllOthersHear) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedStreamOptions options;
    options.window = 50;
    options.short_read = 0.5;
    options.short_write = 0.5;
    Chat chat(seed, options);
    SimulatedFaults faults;
    faults.spurious_event = 0.2;
    faults.short_batch = 0.5;
    faults.reordered = 0.5;
    faults.late_event = 0.3;
    faults.empty_wait = 0.1;
    chat.selector().SetFaults(faults);

    const Handle first = chat.Join();
    const Handle second = chat.Join();
    const Handle third = chat.Join();
    std::string heard;
    for (int i = 1; i <= 10; ++i) {
      chat.Say(i, first, {"he", absl::StrCat("llo ", i, "\n")});
      chat.Say(i, second, {"ab\ncd", "\n"});
      // The third listens now and then only.
      chat.simulation().At(absl::Seconds(i) + absl::Milliseconds(500), [&] {
        if (i % 2 == 0) heard += chat.streams().ReadAll(third);
        chat.streams().ReadAll(first);
        chat.streams().ReadAll(second);
      });
    }
    for (int i = 11; i < 30; ++i) {
      chat.simulation().At(absl::Seconds(i),
                           [&] { heard += chat.streams().ReadAll(third); });
    }
    chat.RunUntil(30);

    EXPECT_EQ(chat.server().counts().clients, 3u);
    EXPECT_EQ(chat.server().counts().lines, 30u);
    EXPECT_EQ(chat.server().counts().too_slow, 0u);
    std::size_t from = 0;
    for (int i = 1; i <= 10; ++i) {
      const std::string line = absl::StrCat("1: hello ", i, "\n");
      from = heard.find(line, from);
      ASSERT_NE(from, std::string::npos)
          << "seed " << seed << ": " << line << " is not in\n"
          << heard;
    }
  }
}

TEST(SimulatedChatTest, WhoDoesNotListenIsDisconnectedAndNobodyElse) {
  SimulatedStreamOptions options;
  options.window = 200;
  Chat chat(0, options);
  const Handle speaker = chat.Join();
  const Handle listens = chat.Join();
  const Handle sleeps = chat.Join();
  std::size_t heard = 0;
  for (int i = 1; i <= 200; ++i) {
    chat.Say(i, speaker, {std::string(50, 'x') + "\n"});
    chat.simulation().At(absl::Seconds(i) + absl::Milliseconds(500), [&] {
      heard += chat.streams().ReadAll(listens).size();
    });
  }
  chat.RunUntil(300);
  EXPECT_EQ(chat.server().counts().too_slow, 1u);
  EXPECT_EQ(chat.server().counts().lines, 200u);
  EXPECT_GT(heard, 10000u);
  EXPECT_FALSE(chat.streams().HasEnded(listens));
  chat.streams().ReadAll(sleeps);
  EXPECT_TRUE(chat.streams().HasEnded(sleeps));
  EXPECT_EQ(chat.streams().open_handles(), 2u);
}

TEST(SimulatedChatTest, WhatIsSaidAtTheEndIsHeard) {
  Chat chat;
  const Handle speaker = chat.Join();
  const Handle listener = chat.Join();
  chat.Say(1, speaker, {"last words\n"});
  // Goes on although nobody listens: a reset could take the words away.
  for (const double second : {1.1, 1.2, 1.4}) {
    chat.simulation().At(absl::Seconds(second),
                         [&] { chat.streams().Write(speaker, "unheard\n"); });
  }
  chat.StopAt(absl::Seconds(1));
  EXPECT_EQ(chat.streams().ReadAll(speaker), "you are 1 of 1\n");
  EXPECT_TRUE(chat.streams().HasEnded(speaker));
  EXPECT_EQ(chat.streams().ReadAll(listener),
            "you are 2 of 2\n1: last words\n");
  EXPECT_TRUE(chat.streams().HasEnded(listener));
  EXPECT_EQ(chat.streams().open_handles(), 0u);
  // Half a second after the last of it.
  EXPECT_EQ(chat.simulation().now(), absl::Milliseconds(1900));
}

// Without the acceptor's rest, the loop would spin, and this test would fail.
TEST(SimulatedChatTest, WithoutDescriptorsAClientWaits) {
  Chat chat;
  chat.streams().SetMostHandles(1);
  const Handle first = chat.Join();
  const Handle second = chat.Join();
  std::string early;
  chat.simulation().At(absl::Milliseconds(100), [&] {
    early = chat.streams().ReadAll(second);
    chat.streams().Close(first);
  });
  chat.RunUntil(1);
  EXPECT_EQ(early, "");
  EXPECT_EQ(chat.streams().ReadAll(second), "you are 2 of 1\n");
  EXPECT_EQ(chat.server().counts().clients, 2u);
}

}  // namespace
}  // namespace chat
}  // namespace examples
