// Pipes and FIFOs: rows H10 to H15 of docs/handles.md.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/handles/handles_test.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

class Pipes : public HandlesTest {
 protected:
  // A FIFO with a name, in a folder that goes with the test.
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/fifo_XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    path_ = folder_ + "/fifo";
    ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  }
  void TearDown() override {
    unlink(path_.c_str());
    rmdir(folder_.c_str());
    HandlesTest::TearDown();
  }
  Socket OpenFifo(int flags) const {
    return Socket(open(path_.c_str(), flags | O_NONBLOCK | O_CLOEXEC));
  }

 private:
  std::string folder_;
  std::string path_;
};
EVENT_INSTANTIATE_HANDLES(Pipes);

TEST_P(Pipes, H10ReadEnd) {
  Pipe pipe = MakePipe();
  ASSERT_EQ(Add(pipe.read_end.handle(), kAll), "OK");
  EXPECT_EQ(See("empty"), "nothing");
  WriteBytes(pipe.write_end.handle(), "x");
  EXPECT_EQ(See("a byte"), "readable");
  pipe.write_end.Close();
  EXPECT_EQ(See("writer closed"), "readable+hangup");
  EXPECT_EQ(Drain(pipe.read_end.handle()), "x");
  EXPECT_EQ(See("drained"), "hangup");
}

TEST_P(Pipes, H11WriteEnd) {
  Pipe pipe = MakePipe();
  ASSERT_EQ(Add(pipe.write_end.handle(), kAll), "OK");
  EXPECT_EQ(See("empty"), "writable");
  FillPipe(pipe.write_end.handle());
  EXPECT_EQ(See("full"), "nothing");
  char page[4096];
  ASSERT_EQ(read(pipe.read_end.handle(), page, sizeof(page) - 1),
            static_cast<long>(sizeof(page)) - 1);
  EXPECT_EQ(See("4095 bytes read"), "nothing");
  ASSERT_EQ(read(pipe.read_end.handle(), page, 1), 1);
  EXPECT_EQ(See("4096 read"), "writable");
  pipe.read_end.Close();
  EXPECT_EQ(See("reader closed"), "writable+error");
}

// O_DIRECT: each write is a packet, and a read stops at its end.
TEST_P(Pipes, H12PacketMode) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_DIRECT | O_NONBLOCK | O_CLOEXEC), 0);
  const Socket read_end(ends[0]);
  const Socket write_end(ends[1]);
  const bool has_edge = Supports(Mode::kEdge);
  ASSERT_EQ(Add(read_end.handle(), kAll, has_edge ? Mode::kEdge : Mode::kLevel),
            "OK");
  WriteBytes(write_end.handle(), "one");
  WriteBytes(write_end.handle(), "two");
  EXPECT_EQ(See("two packets"), has_edge ? "readable once" : "readable");
  EXPECT_EQ(TryRead(read_end.handle(), 100).data, "one");
  Note("a read of 100 bytes", "3 bytes");
  EXPECT_EQ(See("after it"), has_edge ? "nothing" : "readable");
  EXPECT_EQ(TryRead(read_end.handle(), 100).data, "two");
}

TEST_P(Pipes, H13FifoBeforeItsFirstWriter) {
  const Socket reader = OpenFifo(O_RDONLY);
  ASSERT_EQ(Add(reader.handle(), kAll), "OK");
  EXPECT_EQ(See("no writer yet"), "nothing");
  EXPECT_EQ(TryRead(reader.handle(), 1).kind, ReadResult::Kind::kEndOfStream);
  Note("read", "0");
  { const Socket writer = OpenFifo(O_WRONLY); }
  EXPECT_EQ(See("a writer came and went"), "hangup");
  const Socket writer = OpenFifo(O_WRONLY);
  EXPECT_EQ(See("another writer"), "nothing");
}

TEST_P(Pipes, H14FifoForBoth) {
  const Socket both = OpenFifo(O_RDWR);
  ASSERT_EQ(Add(both.handle(), kAll), "OK");
  { const Socket writer = OpenFifo(O_WRONLY); }
  EXPECT_EQ(See("a writer came and went"), "writable");
}

TEST_P(Pipes, H15FifoWriteEnd) {
  Socket reader = OpenFifo(O_RDONLY);
  const Socket writer = OpenFifo(O_WRONLY);
  ASSERT_EQ(Add(writer.handle(), kAll), "OK");
  EXPECT_EQ(See("read by one"), "writable");
  reader.Close();
  EXPECT_EQ(See("reader closed"), "writable+error");
  reader = OpenFifo(O_RDONLY);
  EXPECT_EQ(See("another reader"), "writable");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
