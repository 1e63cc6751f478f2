// The server in simulated time over simulated connections: hours of silence,
// slow clients and a selector as unkind as it may be, in no time.

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "descriptor.h"
#include "event/handle.h"
#include "event/signal_set.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"
#include "gtest/gtest.h"
#include "server.h"
#include "simulated_sockets.h"

namespace key_value_server {
namespace {

using event_selector::Handle;
using event_selector::SignalSet;
using event_selector::testing::SimulatedFaults;
using event_selector::testing::SimulatedSelector;
using event_selector::testing::SimulatedStreamOptions;
using event_selector::testing::SimulatedStreams;
using event_selector::testing::Simulation;
using event_selector::testing::SimulationOptions;

// A server and its world.
class World {
 public:
  explicit World(const ServerOptions& options = {},
                 const SimulatedStreamOptions& stream_options = {},
                 std::uint64_t seed = 0)
      : simulation_(Seed(seed)),
        selector_(simulation_),
        streams_(simulation_, stream_options),
        sockets_(simulation_, streams_),
        signals_(SignalSet::Create(selector_, {SIGINT, SIGTERM}).value()),
        listener_(streams_.MakeListener()),
        server_(selector_, Descriptor(listener_), options) {}

  Handle Connect() { return streams_.MakeClient(listener_); }

  void At(absl::Duration time, std::function<void()> action) {
    simulation_.At(time, std::move(action));
  }
  // What fits of it.
  void SendAt(absl::Duration time, Handle client, const std::string& bytes) {
    At(time, [this, client, bytes] { streams_.Write(client, bytes); });
  }

  absl::Status Run() { return server_.Run(signals_); }
  // Runs the server; a signal stops it at `time`.
  void RunUntil(absl::Duration time) {
    At(time, [] { std::raise(SIGTERM); });
    const absl::Status status = Run();
    EXPECT_TRUE(status.ok()) << status << "\n" << selector_.CallsToString();
    EXPECT_EQ(streams_.open_handles(), 0u);
  }

  Simulation& simulation() { return simulation_; }
  SimulatedSelector& selector() { return selector_; }
  SimulatedStreams& streams() { return streams_; }
  const Server& server() const { return server_; }

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
  SignalSet signals_;
  const Handle listener_;
  Server server_;
};

TEST(SimulatedServerTest, AnswersWhateverTheSelectorAndTheNetworkDo) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimulatedStreamOptions stream_options;
    stream_options.window = 30;
    stream_options.short_read = 0.5;
    stream_options.short_write = 0.5;
    ServerOptions options;
    options.max_output = 20;
    World world(options, stream_options, seed);
    SimulatedFaults faults;
    faults.empty_wait = 0.1;
    faults.spurious_event = 0.2;
    faults.short_batch = 0.5;
    faults.reordered = 0.5;
    faults.late_event = 0.3;
    world.selector().SetFaults(faults);

    const Handle one = world.Connect();
    const Handle two = world.Connect();
    // In pieces, several at once, and as somebody types them.
    const std::string requests =
        "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n"
        "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nx\r\n"
        "\r\nDEL key x\r\nGET key\r\nTTL key\r\nNONSENSE\r\nPING again\r\n"
        "SET other a b c\r\nGET\r\n";
    const std::string replies =
        "+OK\r\n$5\r\nvalue\r\n+PONG\r\n$-1\r\n:1\r\n$-1\r\n:-2\r\n"
        "-ERR unknown command 'NONSENSE'\r\n$5\r\nagain\r\n-ERR syntax "
        "error\r\n"
        "-ERR wrong number of arguments for 'get' command\r\n";
    std::size_t sent = 0;
    std::string received;
    for (int i = 1; i < 200; ++i) {
      world.At(absl::Milliseconds(100 * i), [&, i] {
        const std::ptrdiff_t size = world.streams().Write(
            one, absl::string_view(requests).substr(sent, 7));
        if (size > 0) sent += static_cast<std::size_t>(size);
        if (i % 3 != 0) received += world.streams().ReadAll(one);
      });
    }
    world.SendAt(absl::Seconds(1), two, "PING\r\n");
    world.RunUntil(absl::Seconds(30));
    received += world.streams().ReadAll(one);
    ASSERT_EQ(received, replies) << "seed " << seed;
    EXPECT_EQ(world.streams().ReadAll(two), "+PONG\r\n");
    EXPECT_TRUE(world.streams().HasEnded(one));
    EXPECT_TRUE(world.streams().HasEnded(two));
  }
}

// ---- Time

TEST(SimulatedServerTest, KeysExpireToTheMillisecond) {
  World world;
  const Handle client = world.Connect();
  const auto at = [&](absl::Duration time, const std::string& request,
                      const std::string& reply) {
    world.SendAt(time, client, request + "\r\n");
    world.At(time + absl::Microseconds(1), [&world, client, request, reply] {
      EXPECT_EQ(world.streams().ReadAll(client), reply + "\r\n") << request;
    });
  };
  at(absl::Seconds(1), "SET a 1 EX 10", "+OK");
  at(absl::Seconds(2), "SET b 2 PX 500", "+OK");
  at(absl::Seconds(2.4), "GET b", "$1\r\n2");
  at(absl::Seconds(2.5), "GET b", "$-1");
  at(absl::Seconds(3), "TTL a", ":8");
  at(absl::Seconds(4), "EXPIRE a 100000", ":1");
  at(absl::Seconds(5), "EXPIRE b 1", ":0");
  at(absl::Hours(24), "TTL a", ":13604");
  at(absl::Seconds(100'004) - absl::Milliseconds(1), "GET a", "$1\r\n1");
  at(absl::Seconds(100'004), "GET a", "$-1");
  at(absl::Seconds(100'005), "SET c 3 EX 0",
     "-ERR invalid expire time in 'set' command");
  at(absl::Seconds(100'006), "SET c 3 EX 99999999999999",
     "-ERR invalid expire time in 'set' command");
  at(absl::Seconds(100'007), "SET c 3", "+OK");
  at(absl::Seconds(100'008), "TTL c", ":-1");
  at(absl::Seconds(100'009), "EXPIRE c x",
     "-ERR value is not an integer or out of range");
  at(absl::Seconds(100'010), "EXPIRE c -1", ":1");
  at(absl::Seconds(100'011), "GET c", "$-1");
  world.RunUntil(absl::Seconds(200'000));
}

TEST(SimulatedServerTest, WhoIsSilentForTooLongIsClosed) {
  ServerOptions options;
  options.idle_timeout = std::chrono::minutes(1);
  World world(options);
  const Handle silent = world.Connect();
  const Handle active = world.Connect();
  const Handle subscriber = world.Connect();
  world.SendAt(absl::Seconds(1), subscriber, "SUBSCRIBE news\r\n");
  for (int i = 0; i < 100; ++i) {
    world.SendAt(absl::Seconds(59 * i), active, "PING\r\n");
  }
  world.At(absl::Seconds(59),
           [&] { EXPECT_FALSE(world.streams().HasEnded(silent)); });
  world.At(absl::Seconds(61),
           [&] { EXPECT_TRUE(world.streams().HasEnded(silent)); });
  world.At(absl::Seconds(59 * 99), [&] {
    EXPECT_FALSE(world.streams().HasEnded(active));
    world.streams().ReadAll(subscriber);
    EXPECT_FALSE(world.streams().HasEnded(subscriber));
  });
  world.RunUntil(absl::Hours(2));
  EXPECT_EQ(world.server().counts().idle, 2u);
}

// ---- Publishing

TEST(SimulatedServerTest, WhatIsPublishedReachesItsSubscribers) {
  World world;
  const Handle one = world.Connect();
  const Handle two = world.Connect();
  const Handle publisher = world.Connect();
  world.SendAt(absl::Seconds(1), one, "SUBSCRIBE a b\r\n");
  world.SendAt(absl::Seconds(1), two, "SUBSCRIBE b\r\n");
  world.SendAt(absl::Seconds(2), publisher, "PUBLISH a 1\r\nPUBLISH b 2\r\n");
  world.SendAt(absl::Seconds(3), one,
               "UNSUBSCRIBE b\r\nGET x\r\nPING\r\nUNSUBSCRIBE\r\nGET x\r\n");
  world.SendAt(absl::Seconds(4), publisher, "PUBLISH b 3\r\nPUBLISH a 4\r\n");
  world.RunUntil(absl::Seconds(5));
  EXPECT_EQ(world.streams().ReadAll(publisher), ":1\r\n:2\r\n:1\r\n:0\r\n");
  EXPECT_EQ(
      world.streams().ReadAll(one),
      "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
      "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
      "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n"
      "*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\n2\r\n"
      "*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:1\r\n"
      "-ERR Can't execute 'get': only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT "
      "are allowed in this context\r\n"
      "*2\r\n$4\r\npong\r\n$0\r\n\r\n"
      "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n"
      "$-1\r\n");
  EXPECT_EQ(world.streams().ReadAll(two),
            "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:1\r\n"
            "*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\n2\r\n"
            "*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\n3\r\n");
}

TEST(SimulatedServerTest, ASlowSubscriberIsDisconnectedAndNobodyElse) {
  ServerOptions options;
  options.max_backlog = 10'000;
  SimulatedStreamOptions stream_options;
  stream_options.window = 1000;
  World world(options, stream_options);
  const Handle slow = world.Connect();
  const Handle quick = world.Connect();
  const Handle publisher = world.Connect();
  std::size_t received = 0;
  for (const Handle subscriber : {slow, quick}) {
    world.SendAt(absl::Seconds(1), subscriber, "SUBSCRIBE news\r\n");
  }
  const std::string message(100, 'x');
  for (int i = 2; i < 302; ++i) {
    world.SendAt(absl::Seconds(i), publisher,
                 absl::StrCat("PUBLISH news ", message, "\r\n"));
    world.At(absl::Seconds(i) + absl::Milliseconds(500), [&] {
      received += world.streams().ReadAll(quick).size();
      world.streams().ReadAll(publisher);
    });
  }
  world.RunUntil(absl::Seconds(400));
  EXPECT_EQ(world.server().counts().too_slow, 1u);
  EXPECT_GT(received, 300 * message.size());
  EXPECT_TRUE(world.streams().HasEnded(quick));
}

// ---- Back-pressure, and no descriptors

TEST(SimulatedServerTest, WhoDoesNotTakeItsRepliesHasToWait) {
  ServerOptions options;
  options.max_output = 2000;
  SimulatedStreamOptions stream_options;
  stream_options.window = 1000;
  World world(options, stream_options);
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client,
               absl::StrCat("SET a ", std::string(500, 'x'), "\r\n"));
  // As many as find room: each is answered by a hundred times as much.
  std::size_t sent = 0;
  for (int i = 2; i < 100; ++i) {
    world.At(absl::Seconds(i), [&] {
      while (world.streams().Write(client, "GET a") == 5) {
        if (world.streams().Write(client, "\r\n") == 2) ++sent;
      }
    });
  }
  std::uint64_t served = 0;
  world.At(absl::Seconds(100), [&] {
    served = world.server().counts().requests;
    EXPECT_LT(served, 20u);
  });
  std::string received;
  for (int i = 101; i < 1000; ++i) {
    world.At(absl::Seconds(i),
             [&] { received += world.streams().ReadAll(client); });
  }
  world.At(absl::Seconds(1000),
           [&] { EXPECT_GT(world.server().counts().requests, served); });
  world.RunUntil(absl::Seconds(1001));
  EXPECT_TRUE(absl::StartsWith(received, "+OK\r\n$500\r\nxxx"));
  EXPECT_GT(received.size(), 100'000u);
}

TEST(SimulatedServerTest, WithoutDescriptorsClientsWaitForOthersToLeave) {
  World world;
  world.streams().SetMostHandles(1);
  const Handle first = world.Connect();
  const Handle second = world.Connect();
  world.SendAt(absl::Seconds(1), second, "PING\r\n");
  world.At(absl::Seconds(2), [&] {
    EXPECT_EQ(world.streams().ReadAll(second), "");
    world.streams().Close(first);
  });
  world.At(absl::Seconds(2) + absl::Milliseconds(1),
           [&] { EXPECT_EQ(world.streams().ReadAll(second), "+PONG\r\n"); });
  // And a descriptor that is freed elsewhere is found within a second.
  const Handle third = world.Connect();
  world.SendAt(absl::Seconds(3), third, "PING\r\n");
  world.At(absl::Seconds(4), [&] { world.streams().SetMostHandles(2); });
  world.At(absl::Seconds(5.1),
           [&] { EXPECT_EQ(world.streams().ReadAll(third), "+PONG\r\n"); });
  world.RunUntil(absl::Seconds(6));
}

// ---- Ends

TEST(SimulatedServerTest, AtTheEndNoReplyIsLost) {
  SimulatedStreamOptions stream_options;
  stream_options.window = 1000;
  World world({}, stream_options);
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client,
               absl::StrCat("SET a ", std::string(500, 'x'), "\r\n"));
  // Ten replies, of which the client takes none before the end; it goes on
  // sending, and reads late.
  for (int i = 0; i < 10; ++i) {
    world.SendAt(absl::Seconds(2), client, "GET a\r\n");
  }
  std::string received;
  for (int i = 0; i < 8; ++i) {
    const absl::Duration time = absl::Seconds(3) + absl::Milliseconds(400 * i);
    world.SendAt(time, client, "GET a\r\n");
    world.At(time, [&] { received += world.streams().ReadAll(client); });
  }
  world.RunUntil(absl::Seconds(2) + absl::Milliseconds(1));
  received += world.streams().ReadAll(client);
  EXPECT_EQ(received.size(), 5 + 10 * (500 + 8));
  EXPECT_TRUE(world.streams().HasEnded(client)) << "it was reset";
}

TEST(SimulatedServerTest, AClientThatNeverEndsIsGivenUp) {
  World world;
  const Handle endless = world.Connect();
  for (int i = 0; i < 1000; ++i) {
    world.SendAt(absl::Milliseconds(100 * i), endless, "PING\r\n");
  }
  world.RunUntil(absl::Seconds(2));
  EXPECT_EQ(world.simulation().now(), absl::Seconds(7));
}

TEST(SimulatedServerTest, ASecondSignalEndsAtOnce) {
  World world;
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client, "PING\r\n");
  world.At(absl::Seconds(2) + absl::Milliseconds(100), [&] {
    world.streams().ReadAll(client);
    EXPECT_TRUE(world.streams().HasEnded(client));
    std::raise(SIGINT);
  });
  world.At(absl::Seconds(2), [] { std::raise(SIGTERM); });
  EXPECT_TRUE(world.Run().ok());
  EXPECT_EQ(world.simulation().now(), absl::Milliseconds(2100));
}

TEST(SimulatedServerTest, WhatIsNotRespEndsWithAReplyAndNoReset) {
  World world;
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client, "PING\r\n*1\r\n$x\r\n");
  // It does not listen, and goes on.
  world.SendAt(absl::Seconds(1), client, std::string(1000, 'x'));
  world.SendAt(absl::Seconds(1.2), client, std::string(1000, 'x'));
  world.At(absl::Seconds(2), [&] {
    EXPECT_EQ(world.streams().ReadAll(client),
              "+PONG\r\n-ERR Protocol error: invalid bulk length\r\n");
    EXPECT_TRUE(world.streams().HasEnded(client));
  });
  world.RunUntil(absl::Seconds(3));
}

TEST(SimulatedServerTest, QuitIsAnswered) {
  World world;
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client, "PING\r\nQUIT\r\nPING\r\n");
  world.At(absl::Seconds(2), [&] {
    EXPECT_EQ(world.streams().ReadAll(client), "+PONG\r\n+OK\r\n");
    EXPECT_TRUE(world.streams().HasEnded(client));
  });
  world.RunUntil(absl::Seconds(3));
}

TEST(SimulatedServerTest, AClientThatHasSaidAllGetsItsReplies) {
  World world;
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client, "PING\r\nPING\r\nPI");
  world.At(absl::Seconds(1), [&] { world.streams().ShutdownWrite(client); });
  world.At(absl::Seconds(2), [&] {
    EXPECT_EQ(world.streams().ReadAll(client), "+PONG\r\n+PONG\r\n");
    EXPECT_TRUE(world.streams().HasEnded(client));
  });
  world.RunUntil(absl::Seconds(3));
}

}  // namespace
}  // namespace key_value_server
