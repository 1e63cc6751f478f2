#include "tests/support/socket.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "gtest/gtest.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using Kind = ReadResult::Kind;

constexpr absl::Duration kLongEnough = absl::Seconds(30);

// Reads once, after waiting for something to read.
ReadResult AwaitRead(Handle handle, std::size_t max = 100) {
  EXPECT_TRUE(AwaitReadable(handle, kLongEnough));
  return TryRead(handle, max);
}

Socket AwaitAccept(Handle listener) {
  EXPECT_TRUE(AwaitReadable(listener, kLongEnough));
  std::optional<Socket> accepted = TryAccept(listener);
  EXPECT_TRUE(accepted.has_value());
  return accepted.has_value() ? *std::move(accepted) : Socket();
}

// Reads until `size` bytes have arrived.
std::string ReadExactly(Handle handle, std::size_t size) {
  std::string all;
  while (all.size() < size && AwaitReadable(handle, kLongEnough)) {
    all += Drain(handle);
  }
  return all;
}

// ---- Ownership

TEST(SocketTest, OwnsNothingAtFirst) {
  Socket socket;
  EXPECT_FALSE(socket.valid());
  EXPECT_EQ(socket.handle(), kInvalidHandle);
  socket.Close();
}

TEST(SocketTest, MovesItsHandle) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  Socket moved(std::move(pair.a));
  EXPECT_EQ(moved.handle(), handle);
  pair.a = std::move(moved);
  EXPECT_EQ(pair.a.handle(), handle);
}

TEST(SocketTest, ReleasesItsHandle) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  const Handle released = pair.a.Release();
  EXPECT_EQ(released, handle);
  EXPECT_FALSE(pair.a.valid());
  const Socket again(released);
  SendAll(again.handle(), "x");
  EXPECT_EQ(AwaitRead(pair.b.handle()).data, "x");
}

TEST(SocketTest, ClosesWhenDestroyedOrReplaced) {
  for (const bool replace : {false, true}) {
    SocketPair pair = MakeStreamPair();
    if (replace) {
      pair.a = Socket();
    } else {
      const Socket dies_here(std::move(pair.a));
    }
    EXPECT_EQ(AwaitRead(pair.b.handle()).kind, Kind::kEndOfStream);
  }
}

TEST(SocketDeathTest, AbortsWhereTheHandleIsClosedAlready) {
  SocketPair pair = MakeStreamPair();
  EXPECT_DEATH(
      {
        Socket twin(pair.a.handle());
        twin.Close();
        pair.a.Close();
      },
      "close.* failed");
}

// ---- Pairs

struct PairKind {
  absl::string_view name;
  SocketPair (*make)();
};

class PairTest : public ::testing::TestWithParam<PairKind> {
 protected:
  SocketPair pair_ = GetParam().make();
};

TEST_P(PairTest, CarriesDataBothWays) {
  SendAll(pair_.a.handle(), "there");
  SendAll(pair_.b.handle(), "back");
  EXPECT_EQ(AwaitRead(pair_.b.handle()).data, "there");
  EXPECT_EQ(AwaitRead(pair_.a.handle()).data, "back");
}

TEST_P(PairTest, NeverBlocks) {
  EXPECT_EQ(TryRead(pair_.a.handle(), 1).kind, Kind::kWouldBlock);
  EXPECT_EQ(TryRead(pair_.b.handle(), 1).kind, Kind::kWouldBlock);
  EXPECT_EQ(Drain(pair_.a.handle()), "");
}

TEST_P(PairTest, IsWritableAndNotReadableAtFirst) {
  EXPECT_TRUE(AwaitWritable(pair_.a.handle(), absl::ZeroDuration()));
  EXPECT_FALSE(AwaitReadable(pair_.a.handle(), absl::ZeroDuration()));
  EXPECT_FALSE(AwaitReadable(pair_.a.handle(), absl::Milliseconds(5)));
}

TEST_P(PairTest, HasNoPendingError) {
  EXPECT_EQ(TakeSocketError(pair_.a.handle()), 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PairTest,
                         ::testing::Values(PairKind{"Stream", MakeStreamPair},
                                           PairKind{"Tcp", MakeTcpPair},
                                           PairKind{"Udp", MakeUdpPair}),
                         [](const auto& test) {
                           return std::string(test.param.name);
                         });

class StreamTest : public PairTest {};

TEST_P(StreamTest, ReadsAtMostWhatWasAskedFor) {
  SendAll(pair_.a.handle(), "abcdef");
  EXPECT_EQ(AwaitRead(pair_.b.handle(), 4).data, "abcd");
  EXPECT_EQ(AwaitRead(pair_.b.handle(), 4).data, "ef");
}

TEST_P(StreamTest, DrainsEverything) {
  const std::string data(100000, 'x');
  SendAll(pair_.a.handle(), data);
  pair_.a.Close();
  EXPECT_EQ(ReadExactly(pair_.b.handle(), data.size()), data);
  EXPECT_EQ(AwaitRead(pair_.b.handle()).kind, Kind::kEndOfStream);
  EXPECT_EQ(Drain(pair_.b.handle()), "");
}

TEST_P(StreamTest, FillsTheBufferAndEmptiesItAgain) {
  const std::size_t size = FillSendBuffer(pair_.a.handle());
  EXPECT_GT(size, 0u);
  EXPECT_FALSE(AwaitWritable(pair_.a.handle(), absl::ZeroDuration()));
  EXPECT_EQ(ReadExactly(pair_.b.handle(), size).size(), size);
  EXPECT_TRUE(AwaitWritable(pair_.a.handle(), kLongEnough));
}

TEST_P(StreamTest, SendsWhatFits) {
  // More than the kernel buffers, so the last of it does not fit.
  const std::string data(std::size_t{1} << 24, 'x');
  FillSendBuffer(pair_.a.handle());
  EXPECT_LT(SendSome(pair_.a.handle(), data), data.size());
}

TEST_P(StreamTest, DiesOfAShortWrite) {
  const std::string data(std::size_t{1} << 24, 'x');
  FillSendBuffer(pair_.a.handle());
  EXPECT_DEATH(SendAll(pair_.a.handle(), data), "only .* bytes fitted");
}

TEST_P(StreamTest, EndsTheStreamInOneDirection) {
  ShutdownSend(pair_.a.handle());
  EXPECT_EQ(AwaitRead(pair_.b.handle()).kind, Kind::kEndOfStream);
  SendAll(pair_.b.handle(), "still open");
  EXPECT_EQ(AwaitRead(pair_.a.handle()).data, "still open");
}

TEST_P(StreamTest, EndsTheStreamInBothDirections) {
  ShutdownBoth(pair_.a.handle());
#if defined(_WIN32)
  // To read what was shut down is an error there (WSAESHUTDOWN).
  EXPECT_EQ(TryRead(pair_.a.handle(), 1).kind, Kind::kFailed);
#else
  EXPECT_EQ(AwaitRead(pair_.a.handle()).kind, Kind::kEndOfStream);
#endif
  EXPECT_EQ(AwaitRead(pair_.b.handle()).kind, Kind::kEndOfStream);
}

TEST_P(StreamTest, HangsUp) {
  HangUp(std::move(pair_.b));
  const Kind kind = AwaitRead(pair_.a.handle()).kind;
  EXPECT_TRUE(kind == Kind::kEndOfStream || kind == Kind::kFailed);
}

TEST_P(StreamTest, MayShutDownWhatIsGone) {
  pair_.b.Close();
  ShutdownBoth(pair_.a.handle());
  ShutdownBoth(pair_.a.handle());
  ShutdownSend(pair_.a.handle());
}

TEST_P(StreamTest, DiesWithAMessageAndNotOfSigpipe) {
  ShutdownSend(pair_.a.handle());
  EXPECT_DEATH(SendAll(pair_.a.handle(), "x"), "send failed");
}

INSTANTIATE_TEST_SUITE_P(Kinds, StreamTest,
                         ::testing::Values(PairKind{"Stream", MakeStreamPair},
                                           PairKind{"Tcp", MakeTcpPair}),
                         [](const auto& test) {
                           return std::string(test.param.name);
                         });

TEST(TcpPairTest, ConnectsTheTwoSockets) {
  const SocketPair pair = MakeTcpPair();
  EXPECT_EQ(LocalPort(pair.a.handle()), PeerPort(pair.b.handle()));
  EXPECT_EQ(LocalPort(pair.b.handle()), PeerPort(pair.a.handle()));
}

TEST(TcpPairTest, CarriesOutOfBandDataBesideTheStream) {
  const SocketPair pair = MakeTcpPair();
  EXPECT_TRUE(SendOutOfBand(pair.a.handle(), '!'));
  EXPECT_EQ(TryRead(pair.b.handle(), 10).kind, Kind::kWouldBlock);
  SendAll(pair.a.handle(), "after");
  EXPECT_EQ(AwaitRead(pair.b.handle()).data, "after");
}

TEST(TcpPairTest, ResetsTheConnection) {
  SocketPair pair = MakeTcpPair();
  Reset(std::move(pair.a));
  const ReadResult result = AwaitRead(pair.b.handle());
  if (RunsUnderWine()) {
    GTEST_SKIP() << "recv() returns 0 there: " << result;
  }
  EXPECT_EQ(result.kind, Kind::kFailed) << result;
  EXPECT_TRUE(IsConnectionReset(result.error)) << result;
  EXPECT_FALSE(IsConnectionRefused(result.error));
  EXPECT_EQ(PeerPort(pair.b.handle()), 0);
  ShutdownBoth(pair.b.handle());
}

TEST(UdpPairTest, KeepsDatagramsApart) {
  const SocketPair pair = MakeUdpPair();
  SendAll(pair.a.handle(), "one");
  SendAll(pair.a.handle(), "two");
  EXPECT_EQ(AwaitRead(pair.b.handle()).data, "one");
  EXPECT_EQ(AwaitRead(pair.b.handle()).data, "two");
}

TEST(UdpPairTest, HasNoOutOfBandData) {
  const SocketPair pair = MakeUdpPair();
  EXPECT_FALSE(SendOutOfBand(pair.a.handle(), '!'));
}

// ---- Connections

TEST(ListenerTest, AcceptsNothingAtFirst) {
  const Listener listener = MakeListener();
  EXPECT_NE(listener.port, 0);
  EXPECT_FALSE(TryAccept(listener.socket.handle()).has_value());
}

TEST(ListenerTest, AcceptsConnections) {
  const Listener listener = MakeListener();
  const Socket client = StartConnect(listener.port);
  const Socket server = AwaitAccept(listener.socket.handle());
  EXPECT_TRUE(AwaitWritable(client.handle(), kLongEnough));
  EXPECT_EQ(TakeSocketError(client.handle()), 0);
  EXPECT_EQ(PeerPort(client.handle()), listener.port);
  EXPECT_EQ(TryRead(server.handle(), 1).kind, Kind::kWouldBlock);
  SendAll(client.handle(), "hello");
  EXPECT_EQ(AwaitRead(server.handle()).data, "hello");
}

TEST(ListenerTest, HoldsManyConnections) {
  constexpr int kCount = 200;
  const Listener listener = MakeListener();
  std::set<std::uint16_t> clients;
  std::set<std::uint16_t> accepted;
  std::vector<Socket> open;
  for (int i = 0; i < kCount; ++i) {
    open.push_back(StartConnect(listener.port));
    clients.insert(LocalPort(open.back().handle()));
  }
  for (int i = 0; i < kCount; ++i) {
    open.push_back(AwaitAccept(listener.socket.handle()));
    accepted.insert(PeerPort(open.back().handle()));
  }
  EXPECT_EQ(accepted, clients);
}

TEST(UnusedTcpPortTest, RefusesConnections) {
  const UnusedPort unused = UnusedTcpPort();
  const Socket client = StartConnect(unused.port);
  ASSERT_TRUE(AwaitWritable(client.handle(), kLongEnough));
  const int error = TakeSocketError(client.handle());
  EXPECT_TRUE(IsConnectionRefused(error)) << error;
  EXPECT_FALSE(IsConnectionReset(error));
#if !defined(_WIN32)  // Where nothing says that SO_ERROR is cleared.
  EXPECT_EQ(TakeSocketError(client.handle()), 0) << "it clears the error";
#endif
}

// ---- Messages

TEST(ReadResultTest, PrintsItself) {
  std::ostringstream stream;
  stream << ReadResult{Kind::kData, "a\n"} << ", "
         << ReadResult{Kind::kWouldBlock, ""} << ", "
         << ReadResult{Kind::kEndOfStream, ""} << ", "
         << ReadResult{Kind::kFailed, "", 5};
  EXPECT_EQ(stream.str(), "data \"a\\n\", would block, end of stream, error 5");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
