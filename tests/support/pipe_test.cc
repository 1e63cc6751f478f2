#include "tests/support/pipe.h"

#include <cstddef>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "event/handle.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using Kind = ReadResult::Kind;

TEST(PipeTest, CarriesData) {
  const Pipe pipe = MakePipe();
  EXPECT_EQ(TryRead(pipe.read_end.handle(), 1).kind, Kind::kWouldBlock);
  WriteBytes(pipe.write_end.handle(), "hello");
  EXPECT_TRUE(AwaitReadable(pipe.read_end.handle(), absl::ZeroDuration()));
  EXPECT_EQ(TryRead(pipe.read_end.handle(), 4).data, "hell");
  EXPECT_EQ(Drain(pipe.read_end.handle()), "o");
}

TEST(PipeTest, EndsWhenItsWriterCloses) {
  Pipe pipe = MakePipe();
  pipe.write_end.Close();
  EXPECT_EQ(TryRead(pipe.read_end.handle(), 1).kind, Kind::kEndOfStream);
}

TEST(PipeTest, FillsUpAndEmptiesAgain) {
  const Pipe pipe = MakePipe();
  const std::size_t size = FillPipe(pipe.write_end.handle());
  EXPECT_GT(size, 0u);
  EXPECT_FALSE(AwaitWritable(pipe.write_end.handle(), absl::ZeroDuration()));
  EXPECT_EQ(Drain(pipe.read_end.handle()).size(), size);
  EXPECT_TRUE(AwaitWritable(pipe.write_end.handle(), absl::ZeroDuration()));
}

TEST(PipeDeathTest, DiesOfAShortWrite) {
  const Pipe pipe = MakePipe();
  FillPipe(pipe.write_end.handle());
  EXPECT_DEATH(WriteBytes(pipe.write_end.handle(), "x"), "only 0 of 1 bytes");
}

TEST(PipeDeathTest, DiesWithAMessageAndNotOfSigpipe) {
  Pipe pipe = MakePipe();
  pipe.read_end.Close();
  EXPECT_DEATH(WriteBytes(pipe.write_end.handle(), "x"), "write failed");
}

TEST(DescriptorTest, OpensAFileAndADirectory) {
  const Socket file = OpenRegularFile();
  const Socket directory = OpenDirectory();
  WriteBytes(file.handle(), "x");
  EXPECT_EQ(TryRead(directory.handle(), 1).kind, Kind::kFailed);
}

TEST(DescriptorTest, DuplicatesADescriptor) {
  Pipe pipe = MakePipe();
  const Socket twin = Duplicate(pipe.write_end.handle());
  EXPECT_NE(twin.handle(), pipe.write_end.handle());
  pipe.write_end.Close();
  WriteBytes(twin.handle(), "x");
  EXPECT_EQ(Drain(pipe.read_end.handle()), "x");
}

TEST(DescriptorTest, ReusesANumber) {
  const Pipe pipe = MakePipe();
  SocketPair pair = MakeStreamPair();
  const Handle number = pair.a.Release();
  Socket(number).Close();
  DuplicateOnto(pipe.write_end.handle(), number);
  const Socket reused(number);
  EXPECT_TRUE(IsCloseOnExec(number));
  WriteBytes(number, "x");
  EXPECT_EQ(Drain(pipe.read_end.handle()), "x");
}

TEST(DescriptorTest, ReplacesAnOpenDescriptor) {
  const Pipe pipe = MakePipe();
  const SocketPair pair = MakeStreamPair();
  DuplicateOnto(pipe.write_end.handle(), pair.a.handle());
  EXPECT_EQ(TryRead(pair.b.handle(), 1).kind, Kind::kEndOfStream);
}

TEST(DescriptorTest, ListsOpenDescriptors) {
  const std::set<int> before = OpenDescriptors();
  EXPECT_EQ(OpenDescriptors(), before) << "listing opens nothing";
  Pipe pipe = MakePipe();
  std::set<int> expected = before;
  expected.insert({pipe.read_end.handle(), pipe.write_end.handle()});
  EXPECT_EQ(OpenDescriptors(), expected);
  pipe = Pipe();
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(DescriptorTest, EverythingIsCloseOnExec) {
  const Pipe pipe = MakePipe();
  const SocketPair stream = MakeStreamPair();
  const SocketPair tcp = MakeTcpPair();
  const SocketPair udp = MakeUdpPair();
  const Listener listener = MakeListener();
  const UnusedPort unused = UnusedTcpPort();
  const Socket file = OpenRegularFile();
  const Socket directory = OpenDirectory();
  const Socket twin = Duplicate(file.handle());
  for (const Socket* socket :
       {&pipe.read_end, &pipe.write_end, &stream.a, &stream.b, &tcp.a, &tcp.b,
        &udp.a, &udp.b, &listener.socket, &unused.owner, &file, &directory,
        &twin}) {
    EXPECT_TRUE(IsCloseOnExec(socket->handle())) << socket->handle();
  }
}

TEST(DescriptorTest, SocketsLeakNothing) {
  const std::set<int> before = OpenDescriptors();
  {
    SocketPair tcp = MakeTcpPair();
    const SocketPair udp = MakeUdpPair();
    const UnusedPort unused = UnusedTcpPort();
    const Socket refused = StartConnect(unused.port);
    Reset(std::move(tcp.a));
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
