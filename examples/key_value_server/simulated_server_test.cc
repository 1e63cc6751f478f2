// The server in simulated time over simulated connections: hours of silence,
// slow clients and a selector as unkind as it may be, in no time.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

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

// ---- Clients that misbehave

// What the server says to what is no request, and whatever follows it.
TEST(SimulatedServerTest, RequestsThatAreTooBigAreRefusedWithAReply) {
  struct Case {
    std::string sent;
    std::string error;
  };
  ServerOptions options;
  options.max_request = 30'000;
  options.request_limits.max_line = 20'000;
  const std::string long_line(25'000, 'x');
  std::string many_parts = "*1000\r\n";
  for (int i = 0; i < 200; ++i) {
    many_parts += absl::StrCat("$200\r\n", std::string(200, 'x'), "\r\n");
  }
  for (const Case& one :
       {Case{"*1000000000\r\n", "invalid multibulk length"},
        Case{"*99999999999999999999\r\n", "invalid multibulk length"},
        Case{"*1\r\n$1000000000\r\n", "invalid bulk length"},
        Case{"*1\r\n$-2\r\n", "invalid bulk length"},
        Case{"*2\r\n$3\r\nGET\r\n$3\r\nkey!!",
             "expected CRLF behind a bulk "
             "string"},
        Case{long_line, "too big inline request"},
        Case{many_parts, "too big request"}}) {
    World world(options);
    const Handle client = world.Connect();
    // A negative number of parts is nothing.
    world.SendAt(absl::Seconds(1), client, "*-1\r\n*-1000000000\r\nPING\r\n");
    world.SendAt(absl::Seconds(1), client, one.sent);
    for (int i = 1; i < 20; ++i) {
      world.SendAt(absl::Seconds(1) + absl::Milliseconds(10 * i), client,
                   long_line);
    }
    world.At(absl::Seconds(2), [&] {
      EXPECT_EQ(
          world.streams().ReadAll(client),
          absl::StrCat("+PONG\r\n-ERR Protocol error: ", one.error, "\r\n"));
      EXPECT_TRUE(world.streams().HasEnded(client)) << "it was reset";
    });
    world.RunUntil(absl::Seconds(3));
    EXPECT_EQ(world.server().counts().requests, 1u);
  }
}

TEST(SimulatedServerTest, ThousandsOfRequestsAtOnceAreAnsweredInOrder) {
  ServerOptions options;
  options.max_output = 1000;
  World world(options);
  const Handle client = world.Connect();
  std::string requests;
  std::string replies;
  for (int i = 0; i < 5000; ++i) {
    absl::StrAppend(&requests, "ECHO ", i, "\r\n");
    const std::string number = absl::StrCat(i);
    absl::StrAppend(&replies, "$", number.size(), "\r\n", number, "\r\n");
  }
  world.SendAt(absl::Seconds(1), client, requests);
  // It has said all, and takes its time.
  world.At(absl::Seconds(1), [&] { world.streams().ShutdownWrite(client); });
  std::string received;
  for (int i = 0; i < 1000; ++i) {
    world.At(absl::Seconds(2 + i), [&] {
      char room[700];
      const std::ptrdiff_t size =
          world.streams().Read(client, room, sizeof(room));
      if (size > 0) received.append(room, static_cast<std::size_t>(size));
    });
  }
  world.RunUntil(absl::Seconds(1002));
  EXPECT_EQ(received, replies);
  EXPECT_TRUE(world.streams().HasEnded(client));
}

// Its end is reported once, and not by each wait.
TEST(SimulatedServerTest, AHalfClosedClientThatTakesNoRepliesIsWaitedFor) {
  SimulatedStreamOptions stream_options;
  stream_options.window = 1000;
  World world({}, stream_options);
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client,
               absl::StrCat("SET a ", std::string(900, 'x'), "\r\n"));
  world.SendAt(absl::Seconds(2), client, "GET a\r\nGET a\r\nGET a\r\n");
  world.At(absl::Seconds(2), [&] { world.streams().ShutdownWrite(client); });
  std::string received;
  for (int i = 0; i < 5; ++i) {
    world.At(absl::Hours(1) + absl::Seconds(i),
             [&] { received += world.streams().ReadAll(client); });
  }
  world.At(absl::Hours(2), [&] {
    EXPECT_EQ(received.size(), 5 + 3 * (900 + 8));
    EXPECT_TRUE(world.streams().HasEnded(client));
    EXPECT_EQ(world.streams().open_handles(), 0u);
  });
  world.RunUntil(absl::Hours(3));
}

// One request ends the connection, and sending its reply finds it broken.
TEST(SimulatedServerTest, AConnectionMayBreakWhileWhatWaitedIsServed) {
  ServerOptions options;
  options.max_output = 100;
  SimulatedStreamOptions stream_options;
  stream_options.window = 1000;
  World world(options, stream_options);
  const Handle client = world.Connect();
  const Handle other = world.Connect();
  world.SendAt(absl::Seconds(1), client,
               absl::StrCat("SET a ", std::string(500, 'x'), "\r\n"));
  world.SendAt(absl::Seconds(2), client, "GET a\r\nGET a\r\nGET a\r\nQUIT\r\n");
  world.At(absl::Seconds(3), [&] {
    using Call = SimulatedStreams::Call;
    world.streams().FailNext(Call::kWrite, 0);
    world.streams().FailNext(Call::kWrite, EPIPE);
    world.streams().ReadAll(client);
  });
  world.At(absl::Seconds(4),
           [&] { EXPECT_EQ(world.streams().open_handles(), 1u); });
  world.SendAt(absl::Seconds(5), other, "PING\r\n");
  world.RunUntil(absl::Seconds(6));
  EXPECT_EQ(world.streams().ReadAll(other), "+PONG\r\n");
}

TEST(SimulatedServerTest, WhoSubscribesLateIsNoIdleClient) {
  ServerOptions options;
  options.idle_timeout = std::chrono::minutes(1);
  options.max_output = 100;
  SimulatedStreamOptions stream_options;
  stream_options.window = 1000;
  World world(options, stream_options);
  const Handle client = world.Connect();
  const Handle publisher = world.Connect();
  world.SendAt(absl::Seconds(1), client,
               absl::StrCat("SET a ", std::string(500, 'x'), "\r\n"));
  // The last one waits until the replies are taken.
  world.SendAt(absl::Seconds(2), client,
               "GET a\r\nGET a\r\nGET a\r\nSUBSCRIBE news\r\n");
  world.At(absl::Seconds(3), [&] { world.streams().ReadAll(client); });
  world.At(absl::Hours(1), [&] {
    world.streams().ReadAll(client);
    world.streams().ReadAll(publisher);
    EXPECT_TRUE(world.streams().HasEnded(publisher));
  });
  const std::string message =
      "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\n1\r\n";
  world.At(absl::Hours(1), [&] {
    const Handle late = world.Connect();
    world.streams().Write(late, "PUBLISH news 1\r\n");
  });
  world.At(absl::Hours(1) + absl::Seconds(1),
           [&] { EXPECT_EQ(world.streams().ReadAll(client), message); });
  world.RunUntil(absl::Hours(2));
}

TEST(SimulatedServerTest, AReplyToNonsenseIsShortAndOneLine) {
  World world;
  const Handle client = world.Connect();
  const std::string name = "a\r\n" + std::string(5000, 'X');
  const std::string request =
      absl::StrCat("*1\r\n$", name.size(), "\r\n", name, "\r\n");
  world.SendAt(absl::Seconds(1), client, request);
  world.SendAt(absl::Seconds(1), client, "SUBSCRIBE b\r\n");
  world.SendAt(absl::Seconds(1), client, request);
  world.RunUntil(absl::Seconds(2));
  EXPECT_EQ(world.streams().ReadAll(client),
            absl::StrCat("-ERR unknown command 'a  ", std::string(125, 'X'),
                         "'\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:1\r\n"
                         "-ERR Can't execute 'a  ",
                         std::string(125, 'x'),
                         "': only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT are "
                         "allowed in this context\r\n"));
}

// It is neither reset nor kept for five seconds.
TEST(SimulatedServerTest, WhoIsSilentAfterItsLastReplyIsClosedSoon) {
  World world;
  const Handle client = world.Connect();
  world.SendAt(absl::Seconds(1), client, "QUIT\r\n");
  world.At(absl::Milliseconds(1499),
           [&] { EXPECT_EQ(world.streams().open_handles(), 1u); });
  world.At(absl::Milliseconds(1501),
           [&] { EXPECT_EQ(world.streams().open_handles(), 0u); });
  world.RunUntil(absl::Seconds(2));
  EXPECT_EQ(world.streams().ReadAll(client), "+OK\r\n");
  EXPECT_TRUE(world.streams().HasEnded(client));
}

// Some clients do whatever comes to their mind, and one behaves. The selector
// finds out if the server spins.
TEST(SimulatedServerTest, NoClientsHarmTheServerOrEachOther) {
  const std::string pong = "+PONG\r\n";
  const std::vector<std::string> pieces = {
      "PING\r\n",
      "SET a 1 PX 50\r\n",
      "GET a\r\n",
      absl::StrCat("SET b ", std::string(600, 'b'), "\r\n"),
      "GET b\r\nGET b\r\nGET b\r\nGET b\r\n",
      "SUBSCRIBE c d\r\n",
      "UNSUBSCRIBE\r\n",
      absl::StrCat("PUBLISH c ", std::string(400, 'c'), "\r\n"),
      "PUBLISH d 1\r\n",
      "DEL a b\r\n",
      "EXPIRE b 1\r\n",
      "QUIT\r\n",
      "*3\r\n$3\r\nSET\r\n$1\r\n",
      "*-1\r\n",
      "*1000000000\r\n",
      "*1\r\n$-1\r\n",
      "\r\n",
      std::string("\0\xff*$", 4),
      "*",
      "$5\r\n"};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::mt19937_64 random(seed);
    SimulatedStreamOptions stream_options;
    stream_options.window = 1 + random() % 2000;
    stream_options.short_read = 0.2;
    stream_options.short_write = 0.2;
    ServerOptions options;
    options.max_output = 1 + random() % 2000;
    options.max_backlog = 1000;
    options.idle_timeout = std::chrono::seconds(10);
    World world(options, stream_options, seed);
    SimulatedFaults faults;
    faults.empty_wait = 0.1;
    faults.spurious_event = 0.1;
    faults.short_batch = 0.3;
    faults.reordered = 0.3;
    world.selector().SetFaults(faults);
    SimulatedStreams& streams = world.streams();

    std::vector<Handle> clients;
    for (int i = 1; i < 400; ++i) {
      world.At(absl::Milliseconds(50 * i), [&] {
        if (random() % 8 == 0) streams.SetMostHandles(1 + random() % 10);
        if (clients.size() < 8) clients.push_back(world.Connect());
        Handle& client = clients[random() % clients.size()];
        switch (random() % 12) {
          case 0:
            streams.Close(client);
            client = world.Connect();
            break;
          case 1:
            streams.ResetWhenClosed(client);
            streams.Close(client);
            client = world.Connect();
            break;
          case 2:
            streams.ShutdownWrite(client);
            break;
          case 3:
          case 4:
            streams.ReadAll(client);
            break;
          case 5:
            streams.FailNext(SimulatedStreams::Call::kWrite,
                             random() % 2 == 0 ? EPIPE : 0);
            break;
          case 6:
            streams.FailNext(SimulatedStreams::Call::kAccept,
                             random() % 2 == 0 ? ENOBUFS : ECONNABORTED);
            break;
          default:
            for (std::uint64_t n = random() % 6; n > 0; --n) {
              const std::string& piece = pieces[random() % pieces.size()];
              streams.Write(client,
                            piece.substr(0, random() % 3 == 0 ? random() % 8
                                                              : piece.size()));
            }
        }
      });
    }
    // It tries again while calls fail that were to fail before.
    world.At(absl::Seconds(40), [&] { streams.SetMostHandles(200); });
    Handle decent = event_selector::kInvalidHandle;
    std::string received;
    for (int i = 0; i < 100; ++i) {
      world.At(absl::Seconds(42 + 2 * i), [&] {
        if (received == pong) return;
        decent = world.Connect();
        streams.SetWindow(decent, 1000);
        streams.Write(decent, "PING\r\n");
      });
      world.At(absl::Seconds(43 + 2 * i), [&] {
        if (received != pong) received = streams.ReadAll(decent);
      });
    }
    world.RunUntil(absl::Seconds(300));
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
    EXPECT_EQ(received, pong) << "seed " << seed;
  }
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
