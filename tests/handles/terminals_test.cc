// Pseudo-terminals: rows H40 to H44 of docs/handles.md.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>

#include "event/handle.h"
#include "event/interest.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/handles/handles_test.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

class Terminals : public HandlesTest {
 protected:
  void SetUp() override {
    master_ = Socket(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    EVENT_HANDLES_NEED(master_.valid() && unlockpt(master_.handle()) == 0,
                       "pseudo-terminals");
  }
  Socket OpenTerminal() const {
    char name[64];
    if (ptsname_r(master_.handle(), name, sizeof(name)) != 0) return Socket();
    return Socket(open(name, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  }
  // Raw: a read waits for `least` bytes.
  static void MakeRaw(Handle terminal, unsigned char least) {
    termios settings;
    ASSERT_EQ(tcgetattr(terminal, &settings), 0);
    cfmakeraw(&settings);
    settings.c_cc[VMIN] = least;
    settings.c_cc[VTIME] = 0;
    ASSERT_EQ(tcsetattr(terminal, TCSANOW, &settings), 0);
  }

  Socket master_;
};
EVENT_INSTANTIATE_HANDLES(Terminals);

TEST_P(Terminals, H40Lines) {
  const Socket terminal = OpenTerminal();
  EVENT_HANDLES_NEED(terminal.valid(), "pseudo-terminals");
  ASSERT_EQ(Add(terminal.handle(), kAll), "OK");
  EXPECT_EQ(See("nothing typed"), "writable");
  WriteBytes(master_.handle(), "ab");
  EXPECT_EQ(See("2 bytes, no end of line"), "writable");
  WriteBytes(master_.handle(), "c\nd\n");
  EXPECT_EQ(SeeSoon("2 lines"), "readable+writable");
  EXPECT_EQ(TryRead(terminal.handle(), 100).data, "abc\n");
  Note("a read of 100 bytes", "one line");
  EXPECT_EQ(See("after it"), "readable+writable");
}

TEST_P(Terminals, H41Raw) {
  const Socket terminal = OpenTerminal();
  EVENT_HANDLES_NEED(terminal.valid(), "pseudo-terminals");
  MakeRaw(terminal.handle(), 5);
  ASSERT_EQ(Add(terminal.handle(), Interest::kReadable), "OK");
  WriteBytes(master_.handle(), "abc");
  EXPECT_EQ(See("3 bytes of VMIN 5"), "nothing");
  NoteResult("read",
             static_cast<long>(TryRead(terminal.handle(), 100).data.size()));
  WriteBytes(master_.handle(), "abcde");
  EXPECT_EQ(SeeSoon("5 bytes"), "readable");
}

TEST_P(Terminals, H42HungUp) {
  const Socket terminal = OpenTerminal();
  EVENT_HANDLES_NEED(terminal.valid(), "pseudo-terminals");
  ASSERT_EQ(Add(terminal.handle(), kAll), "OK");
  master_.Close();
  EXPECT_EQ(SeeSoon("the master closed"), "readable+writable+hangup+error");
  char byte;
  NoteResult("read", read(terminal.handle(), &byte, 1));
}

TEST_P(Terminals, H43Master) {
  ASSERT_EQ(Add(master_.handle(), kAll), "OK");
  EXPECT_EQ(See("never opened"), "writable");
  Socket terminal = OpenTerminal();
  EVENT_HANDLES_NEED(terminal.valid(), "pseudo-terminals");
  EXPECT_EQ(See("opened"), "writable");
  MakeRaw(terminal.handle(), 1);
  WriteBytes(terminal.handle(), "x");
  EXPECT_EQ(SeeSoon("a byte written"), "readable+writable");
  terminal.Close();
  EXPECT_EQ(SeeSoon("closed"), "readable+writable+hangup");
  EXPECT_EQ(TryRead(master_.handle(), 100).data, "x");
  EXPECT_EQ(See("read"), "writable+hangup");
  char byte;
  NoteResult("read again", read(master_.handle(), &byte, 1));
  terminal = OpenTerminal();
  EXPECT_EQ(See("opened again"), "writable");
}

TEST_P(Terminals, H44PacketMode) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  const Socket terminal = OpenTerminal();
  EVENT_HANDLES_NEED(terminal.valid(), "pseudo-terminals");
  int on = 1;
  ASSERT_EQ(ioctl(master_.handle(), TIOCPKT, &on), 0);
  ASSERT_EQ(Add(master_.handle(), kAll), "OK");
  EXPECT_EQ(See("nothing"), "writable");
  ASSERT_EQ(tcflush(terminal.handle(), TCIFLUSH), 0);
  EXPECT_EQ(SeeSoon("input flushed"), "readable+writable+priority");
  char status;
  ASSERT_EQ(read(master_.handle(), &status, 1), 1);
  EXPECT_EQ(See("its byte read"), "writable");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
