// What simulated connections and listeners do, and what they are ready for.
// P1 to P3 of the contract among it.

#include "event/testing/simulated_stream.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/simulated/simulated_test.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Call = SimulatedStreams::Call;

constexpr Readiness kIn = Readiness::kReadable;
constexpr Readiness kOut = Readiness::kWritable;
constexpr Readiness kEnd = Readiness::kReadable | Readiness::kReadClosed;
// Of a connection that was reset, before and after its error was taken.
constexpr Readiness kGone = kEnd | kOut | Readiness::kHangup;
constexpr Readiness kReset = kGone | Readiness::kError;

constexpr Interest kAll =
    Interest::kReadable | Interest::kWritable | Interest::kReadClosed;

SimulatedStreamOptions Window(std::size_t window) {
  SimulatedStreamOptions options;
  options.window = window;
  return options;
}

class SimulatedStreamTest : public SimulatedTest {
 protected:
  // One read: what it returned, or "" and `errno`.
  static std::string Read(SimulatedStreams& streams, Handle handle,
                          std::size_t most = 100) {
    std::string data(most, '\0');
    errno = 0;
    const std::ptrdiff_t size = streams.Read(handle, &data[0], most);
    data.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return data;
  }
  std::string Read(Handle handle, std::size_t most = 100) {
    return Read(streams_, handle, most);
  }
  // The error of a call that returned `result`; 0 if it did not fail.
  static int ErrorOf(std::ptrdiff_t result) { return result < 0 ? errno : 0; }

  Readiness readiness(Handle handle) { return simulation_.readiness(handle); }

  SimulatedStreams streams_{simulation_};
  SimulatedStreams::Pair pair_ = streams_.MakePair();
};

TEST_F(SimulatedStreamTest, WhatOneEndWritesTheOtherReads) {
  EXPECT_EQ(readiness(pair_.program), kOut);
  EXPECT_EQ(readiness(pair_.peer), kOut);
  EXPECT_EQ(ErrorOf(streams_.Read(pair_.program, nullptr, 1)), EAGAIN);
  EXPECT_EQ(streams_.Write(pair_.peer, "hello"), 5);
  EXPECT_EQ(readiness(pair_.program), kIn | kOut);
  EXPECT_EQ(Read(pair_.program, 2), "he");
  EXPECT_EQ(readiness(pair_.program), kIn | kOut);
  EXPECT_EQ(Read(pair_.program), "llo");
  EXPECT_EQ(readiness(pair_.program), kOut);
  EXPECT_EQ(streams_.Write(pair_.program, ""), 0);
  EXPECT_EQ(streams_.Write(pair_.program, "back"), 4);
  EXPECT_EQ(streams_.ReadAll(pair_.peer), "back");
  EXPECT_EQ(streams_.ReadAll(pair_.peer), "");
}

TEST_F(SimulatedStreamTest, AWindowIsFullUntilThePeerReads) {
  SimulatedStreams streams(simulation_, Window(4));
  const SimulatedStreams::Pair pair = streams.MakePair();
  EXPECT_EQ(streams.Write(pair.program, "123456"), 4);
  EXPECT_EQ(readiness(pair.program), Readiness());
  EXPECT_EQ(ErrorOf(streams.Write(pair.program, "5")), EAGAIN);
  EXPECT_EQ(Read(streams, pair.peer, 1), "1");
  EXPECT_EQ(readiness(pair.program), kOut);
  EXPECT_EQ(streams.Write(pair.program, "56"), 1);
  streams.SetWindow(pair.peer, 10);
  EXPECT_EQ(readiness(pair.program), kOut);
  EXPECT_EQ(streams.Write(pair.program, "6789abc"), 6);
  streams.SetWindow(pair.peer, 0);
  EXPECT_EQ(streams.ReadAll(pair.peer), "23456789ab");
  EXPECT_EQ(readiness(pair.program), Readiness());
  streams.SetWindow(kInvalidHandle, 1);  // Does nothing.
}

TEST_F(SimulatedStreamTest, P1TheEndIsReadBehindTheLastByte) {
  streams_.Write(pair_.peer, "last");
  EXPECT_EQ(streams_.ShutdownWrite(pair_.peer), 0);
  EXPECT_EQ(readiness(pair_.program), kEnd | kOut);
  EXPECT_FALSE(streams_.HasEnded(pair_.program));
  EXPECT_EQ(Read(pair_.program), "last");
  EXPECT_EQ(readiness(pair_.program), kEnd | kOut);
  EXPECT_EQ(Read(pair_.program), "");
  EXPECT_EQ(errno, 0);
  EXPECT_TRUE(streams_.HasEnded(pair_.program));
  // The other direction goes on.
  EXPECT_EQ(streams_.Write(pair_.program, "answer"), 6);
  EXPECT_EQ(streams_.ReadAll(pair_.peer), "answer");
  EXPECT_EQ(ErrorOf(streams_.Write(pair_.peer, "more")), EPIPE);
}

TEST_F(SimulatedStreamTest, P2BothDirectionsEnd) {
  streams_.ShutdownWrite(pair_.peer);
  EXPECT_EQ(readiness(pair_.peer), kOut);
  streams_.ShutdownWrite(pair_.program);
  EXPECT_EQ(readiness(pair_.program), kGone);
  EXPECT_EQ(readiness(pair_.peer), kGone);
  EXPECT_EQ(streams_.Close(pair_.peer), 0);
  EXPECT_EQ(readiness(pair_.program), kGone);
  EXPECT_EQ(streams_.Close(pair_.program), 0);
  EXPECT_EQ(ErrorOf(streams_.Close(pair_.program)), EBADF);
  EXPECT_FALSE(simulation_.IsOpen(pair_.program));
}

TEST_F(SimulatedStreamTest, P2AReset) {
  streams_.Write(pair_.peer, "lost");
  EXPECT_EQ(streams_.ResetWhenClosed(pair_.peer), 0);
  EXPECT_EQ(streams_.Close(pair_.peer), 0);
  EXPECT_EQ(readiness(pair_.program), kReset);
  EXPECT_TRUE(streams_.WasReset(pair_.program));
  EXPECT_FALSE(streams_.HasEnded(pair_.program));
  EXPECT_EQ(ErrorOf(streams_.Read(pair_.program, nullptr, 1)), ECONNRESET);
  EXPECT_EQ(readiness(pair_.program), kGone);
  EXPECT_EQ(Read(pair_.program), "");
  EXPECT_EQ(errno, 0);
  EXPECT_EQ(ErrorOf(streams_.Write(pair_.program, "?")), EPIPE);
  EXPECT_EQ(ErrorOf(streams_.ShutdownWrite(pair_.program)), ENOTCONN);
}

TEST_F(SimulatedStreamTest, P2TheErrorOfAResetIsToldOnce) {
  streams_.ResetWhenClosed(pair_.peer);
  streams_.Close(pair_.peer);
  EXPECT_EQ(streams_.TakeError(pair_.program), ECONNRESET);
  EXPECT_EQ(readiness(pair_.program), kGone);
  EXPECT_EQ(streams_.TakeError(pair_.program), 0);

  const SimulatedStreams::Pair other = streams_.MakePair();
  streams_.ResetWhenClosed(other.peer);
  streams_.Close(other.peer);
  EXPECT_EQ(ErrorOf(streams_.Write(other.program, "?")), ECONNRESET);
  EXPECT_EQ(ErrorOf(streams_.Write(other.program, "?")), EPIPE);
}

TEST_F(SimulatedStreamTest, WhoClosesWithUnreadInputResets) {
  streams_.Write(pair_.program, "the answer");
  streams_.Write(pair_.peer, "never read");
  streams_.Close(pair_.program);
  EXPECT_TRUE(streams_.WasReset(pair_.peer));
  EXPECT_EQ(streams_.ReadAll(pair_.peer), "") << "the answer is gone";
}

TEST_F(SimulatedStreamTest, LinuxLetsAProgramReadOnAfterAReset) {
  SimulatedStreamOptions options;
  options.reset_discards_unread = false;
  SimulatedStreams streams(simulation_, options);
  const SimulatedStreams::Pair pair = streams.MakePair();
  streams.Write(pair.peer, "last words");
  streams.ResetWhenClosed(pair.peer);
  streams.Close(pair.peer);
  EXPECT_EQ(Read(streams, pair.program), "last words");
  EXPECT_EQ(ErrorOf(streams.Read(pair.program, nullptr, 1)), ECONNRESET);
}

TEST_F(SimulatedStreamTest, AWriteToAClosedPeerBringsAReset) {
  streams_.Close(pair_.peer);
  EXPECT_EQ(readiness(pair_.program), kEnd | kOut);
  EXPECT_EQ(streams_.Write(pair_.program, "nobody"), 6);
  EXPECT_EQ(readiness(pair_.program), kReset);
  EXPECT_EQ(Read(pair_.program), "") << "the end was there before";
  EXPECT_EQ(errno, 0);
  EXPECT_EQ(ErrorOf(streams_.Write(pair_.program, "nobody")), EPIPE);
}

// ---- Listeners

TEST_F(SimulatedStreamTest, ClientsAreAcceptedInTheirOrder) {
  const Handle listener = streams_.MakeListener();
  EXPECT_EQ(readiness(listener), Readiness());
  EXPECT_EQ(streams_.Accept(listener), kInvalidHandle);
  EXPECT_EQ(errno, EAGAIN);
  const Handle first = streams_.MakeClient(listener);
  EXPECT_EQ(readiness(first), kOut);
  EXPECT_EQ(readiness(listener), kIn);
  const Handle second = streams_.MakeClient(listener);
  EXPECT_EQ(streams_.Write(first, "early"), 5);
  const Handle accepted = streams_.Accept(listener);
  EXPECT_EQ(readiness(accepted), kIn | kOut);
  EXPECT_EQ(Read(accepted), "early");
  EXPECT_EQ(readiness(listener), kIn);
  streams_.Write(streams_.Accept(listener), "you are the second");
  EXPECT_EQ(streams_.ReadAll(second), "you are the second");
  EXPECT_EQ(readiness(listener), Readiness());
  EXPECT_EQ(streams_.open_handles(), 3u);  // With that of `pair_`.
}

TEST_F(SimulatedStreamTest, WhoFindsNoPlaceInTheQueueIsNotConnectedYet) {
  const Handle listener = streams_.MakeListener(/*backlog=*/1);
  streams_.MakeClient(listener);
  const Handle second = streams_.MakeClient(listener);
  const Handle gives_up = streams_.MakeClient(listener);
  const Handle last = streams_.MakeClient(listener);
  EXPECT_EQ(streams_.waiting(listener), 4u);
  EXPECT_EQ(readiness(second), Readiness());
  EXPECT_EQ(ErrorOf(streams_.Write(second, "?")), EAGAIN);
  EXPECT_EQ(ErrorOf(streams_.ShutdownWrite(second)), ENOTCONN);
  streams_.Close(gives_up);
  EXPECT_NE(streams_.Accept(listener), kInvalidHandle);
  EXPECT_EQ(readiness(second), kOut);
  EXPECT_EQ(readiness(last), Readiness());
  EXPECT_NE(streams_.Accept(listener), kInvalidHandle);
  EXPECT_EQ(readiness(last), kOut);
  EXPECT_NE(streams_.Accept(listener), kInvalidHandle);
  EXPECT_EQ(streams_.Accept(listener), kInvalidHandle);
}

TEST_F(SimulatedStreamTest, AClientThatHasGivenUpIsAcceptedAllTheSame) {
  const Handle listener = streams_.MakeListener();
  const Handle client = streams_.MakeClient(listener);
  streams_.ResetWhenClosed(client);
  streams_.Close(client);
  const Handle accepted = streams_.Accept(listener);
  EXPECT_EQ(readiness(accepted), kReset);
  EXPECT_EQ(ErrorOf(streams_.Read(accepted, nullptr, 1)), ECONNRESET);
}

TEST_F(SimulatedStreamTest, P3ARefusedConnection) {
  const Handle refused = streams_.Connect(kInvalidHandle);
  EXPECT_EQ(readiness(refused), kReset);
  EXPECT_EQ(streams_.TakeError(refused), ECONNREFUSED);
  EXPECT_EQ(streams_.Close(refused), 0);

  const Handle listener = streams_.MakeListener(1);
  const Handle connected = streams_.MakeClient(listener);
  const Handle connecting = streams_.Connect(listener);
  EXPECT_EQ(streams_.TakeError(connecting), 0);
  EXPECT_EQ(streams_.TakeError(listener), 0);
  EXPECT_EQ(streams_.Close(listener), 0);
  EXPECT_EQ(streams_.TakeError(connecting), ECONNREFUSED);
  EXPECT_EQ(streams_.TakeError(connected), ECONNRESET);
  EXPECT_EQ(streams_.waiting(listener), 0u);
}

TEST_F(SimulatedStreamTest, WithoutHandlesTheClientsWait) {
  const Handle listener = streams_.MakeListener();
  streams_.MakeClient(listener);
  streams_.SetMostHandles(1);  // `pair_` has it.
  EXPECT_EQ(streams_.Accept(listener), kInvalidHandle);
  EXPECT_EQ(errno, EMFILE);
  EXPECT_EQ(readiness(listener), kIn) << "and a level loop spins";
  EXPECT_EQ(streams_.Connect(listener), kInvalidHandle);
  EXPECT_EQ(errno, EMFILE);
  EXPECT_NE(streams_.MakeClient(listener), kInvalidHandle);
  EXPECT_EQ(streams_.waiting(listener), 2u);
  streams_.Close(pair_.program);
  EXPECT_NE(streams_.Accept(listener), kInvalidHandle);
}

TEST_F(SimulatedStreamTest, WrongHandlesAreErrors) {
  const Handle listener = streams_.MakeListener();
  EXPECT_EQ(streams_.Accept(pair_.program), kInvalidHandle);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(streams_.Accept(kInvalidHandle), kInvalidHandle);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(ErrorOf(streams_.Read(listener, nullptr, 1)), ENOTCONN);
  EXPECT_EQ(ErrorOf(streams_.Write(listener, "?")), ENOTCONN);
  EXPECT_EQ(ErrorOf(streams_.ShutdownWrite(kInvalidHandle)), EBADF);
  EXPECT_EQ(ErrorOf(streams_.ResetWhenClosed(kInvalidHandle)), EBADF);
  EXPECT_EQ(ErrorOf(streams_.Close(kInvalidHandle)), EBADF);
  EXPECT_EQ(streams_.TakeError(kInvalidHandle), EBADF);
  EXPECT_EQ(streams_.ReadAll(listener), "");
  EXPECT_FALSE(streams_.HasEnded(listener));
  EXPECT_FALSE(streams_.WasReset(kInvalidHandle));
}

TEST_F(SimulatedStreamTest, CallsFailOnDemand) {
  const Handle listener = streams_.MakeListener();
  streams_.MakeClient(listener);
  streams_.FailNext(Call::kAccept, ECONNABORTED);
  streams_.FailNext(Call::kRead, 0);
  streams_.FailNext(Call::kRead, EINTR);
  streams_.FailNext(Call::kWrite, ENOBUFS);
  streams_.FailNext(Call::kConnect, ENETUNREACH);
  EXPECT_EQ(streams_.Accept(listener), kInvalidHandle);
  EXPECT_EQ(errno, ECONNABORTED);
  EXPECT_NE(streams_.Accept(listener), kInvalidHandle);
  EXPECT_EQ(streams_.Connect(listener), kInvalidHandle);
  EXPECT_EQ(errno, ENETUNREACH);
  streams_.Write(pair_.peer, "data");  // Not the program's call.
  EXPECT_EQ(Read(pair_.program, 1), "d");
  EXPECT_EQ(Read(pair_.program, 1), "");
  EXPECT_EQ(errno, EINTR);
  EXPECT_EQ(Read(pair_.program), "ata");
  EXPECT_EQ(ErrorOf(streams_.Write(pair_.program, "?")), ENOBUFS);
  EXPECT_EQ(streams_.Write(pair_.program, "!"), 1);
}

// ---- What a selector is told

TEST_F(SimulatedStreamTest, EachArrivalIsAnEdge) {
  ASSERT_THAT(selector_.Add(pair_.program, Token(1), kAll, Mode::kEdge),
              IsOk());
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, kOut)));
  streams_.Write(pair_.peer, "a");
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, kIn | kOut)));
  EXPECT_THAT(Poll(), IsEmpty());
  streams_.Write(pair_.peer, "b");
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, kIn | kOut)));
  EXPECT_EQ(Read(pair_.program, 1), "a");
  EXPECT_THAT(Poll(), IsEmpty()) << "what is left behind is not told again";
  streams_.ShutdownWrite(pair_.peer);
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, kEnd | kOut)));
}

TEST_F(SimulatedStreamTest, RoomIsAnEdgeAfterAFullWindow) {
  streams_.SetWindow(pair_.peer, 2);
  ASSERT_THAT(selector_.Add(pair_.program, Token(1), kAll, Mode::kEdge),
              IsOk());
  EXPECT_THAT(Poll(), SizeIs(1));
  streams_.Write(pair_.program, "ab");
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(Read(pair_.peer, 1), "a");
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, kOut)));
  EXPECT_EQ(Read(pair_.peer, 1), "b");
  EXPECT_THAT(Poll(), IsEmpty()) << "there was room before";
}

TEST_F(SimulatedStreamTest, EachClientIsAnEdgeOfItsListener) {
  const Handle listener = streams_.MakeListener();
  ASSERT_THAT(
      selector_.Add(listener, Token(1), Interest::kReadable, Mode::kEdge),
      IsOk());
  for (int i = 0; i < 3; ++i) {
    streams_.MakeClient(listener);
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, kIn)));
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

// ---- Short reads and writes

TEST_F(SimulatedStreamTest, ShortTransfersLoseNothingAndAreEdges) {
  SimulatedStreamOptions options;
  options.short_read = 1;
  options.short_write = 1;
  SimulatedStreams streams(simulation_, options);
  const SimulatedStreams::Pair pair = streams.MakePair();
  ASSERT_THAT(selector_.Add(pair.program, Token(1), kAll, Mode::kEdge), IsOk());
  EXPECT_THAT(Poll(), SizeIs(1));
  const std::string sent = "a text of thirty-two characters.";
  EXPECT_EQ(streams.Write(pair.peer, sent), 32) << "not the program's call";
  std::string received;
  while (received.size() < sent.size()) {
    EXPECT_THAT(Poll(), SizeIs(1));
    received += Read(streams, pair.program);
  }
  EXPECT_EQ(received, sent);
  EXPECT_THAT(Poll(), IsEmpty());

  absl::string_view rest = sent;
  while (!rest.empty()) {
    const std::ptrdiff_t size = streams.Write(pair.program, rest);
    ASSERT_GT(size, 0);
    rest.remove_prefix(static_cast<std::size_t>(size));
    EXPECT_THAT(Poll(), SizeIs(rest.empty() ? 0 : 1));
  }
  EXPECT_EQ(streams.ReadAll(pair.peer), sent);
}

// The sizes of the reads of one text.
std::vector<std::size_t> Sizes(std::uint64_t seed) {
  SimulationOptions options;
  options.seed = seed;
  Simulation simulation(options);
  SimulatedStreamOptions stream_options;
  stream_options.short_read = 0.5;
  SimulatedStreams streams(simulation, stream_options);
  const SimulatedStreams::Pair pair = streams.MakePair();
  streams.Write(pair.peer, std::string(1000, 'x'));
  std::vector<std::size_t> sizes;
  char room[100];
  for (std::ptrdiff_t size; (size = streams.Read(pair.program, room, 100)) > 0;)
    sizes.push_back(static_cast<std::size_t>(size));
  return sizes;
}

TEST_F(SimulatedStreamTest, TheSameSeedMakesTheSameChoices) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(Sizes(seed), Sizes(seed));
    EXPECT_NE(Sizes(seed), Sizes(seed + 1));
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
