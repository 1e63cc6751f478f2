// Pipes and FIFOs over each system's queue. The systems do not agree which
// filters an end has, what becomes of them when the other end is closed, and
// what is refused afterwards: tests/kqueue_shim/pipes_test.cc quotes them. What
// the selector's caller sees is the same.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/kqueue/kqueue_test.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Interest kInterests[] = {
    Interest::kWritable, Interest::kReadable, Interest::kReadClosed,
    Interest::kReadable | Interest::kWritable, Interest::kNone};
constexpr Mode kModes[] = {Mode::kLevel, Mode::kEdge, Mode::kOneshot};

// What a hang-up reports besides, since nothing blocks any more.
Readiness AtTheEnd(Interest interest) {
  Readiness readiness = Readiness::kHangup;
  if (interest.contains(Interest::kReadable)) {
    readiness |= Readiness::kReadable;
  }
  if (interest.contains(Interest::kWritable)) {
    readiness |= Readiness::kWritable;
  }
  if (interest.contains(Interest::kReadClosed)) {
    readiness |= Readiness::kReadClosed;
  }
  return readiness;
}

class PipesTest : public EachSystemTest {
 protected:
  absl::Status AddPipe(Handle handle, Interest interest, Mode mode) {
    return selector_->Add(handle, Token(1), interest, mode);
  }

  // The hang-up comes, and comes again as the registration wants it (M1, M2,
  // M3, R6).
  void ExpectHangup(Handle handle, Interest interest, Mode mode,
                    std::size_t room = 64) {
    EXPECT_THAT(Poll(room), ElementsAre(IsEvent(1, AtTheEnd(interest))));
    const bool is_level = mode == Mode::kLevel && interest != Interest::kNone;
    if (is_level) {
      for (int i = 0; i < 4; ++i) {
        EXPECT_THAT(Poll(room), ElementsAre(IsEvent(1, AtTheEnd(interest))))
            << i;
      }
    } else {
      EXPECT_THAT(Poll(room), IsEmpty());
      EXPECT_THAT(Poll(room), IsEmpty());
    }
    // It is there for a registration that is changed, too.
    ASSERT_THAT(selector_->Modify(handle, Token(2), Interest::kWritable,
                                  Mode::kOneshot),
                IsOk());
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(
                            2, Readiness::kHangup | Readiness::kWritable)));
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_THAT(selector_->Remove(handle), IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
  }
};
EVENT_INSTANTIATE_SYSTEMS(PipesTest);

TEST_P(PipesTest, P5TheReaderOfAFullPipeCloses) {
  for (const Mode mode : kModes) {
    for (const Interest interest : kInterests) {
      for (const std::size_t room : {1, 64}) {
        SCOPED_TRACE(mode);
        SCOPED_TRACE(interest);
        Pipe pipe = MakePipe();
        const Handle handle = pipe.write_end.handle();
        FillPipe(handle);
        ASSERT_THAT(AddPipe(handle, interest, mode), IsOk());
        EXPECT_THAT(Poll(), IsEmpty());
        pipe.read_end.Close();
        ExpectHangup(handle, interest, mode, room);
      }
    }
  }
}

TEST_P(PipesTest, P5TheReaderOfAnEmptyPipeCloses) {
  for (const Mode mode : kModes) {
    for (const Interest interest : kInterests) {
      SCOPED_TRACE(mode);
      SCOPED_TRACE(interest);
      Pipe pipe = MakePipe();
      const Handle handle = pipe.write_end.handle();
      ASSERT_THAT(AddPipe(handle, interest, mode), IsOk());
      pipe.read_end.Close();
      ExpectHangup(handle, interest, mode);
    }
  }
}

TEST_P(PipesTest, P5TheWriterCloses) {
  for (const Mode mode : kModes) {
    for (const Interest interest : kInterests) {
      for (const std::size_t room : {1, 64}) {
        if (interest.contains(Interest::kWritable)) continue;
        SCOPED_TRACE(mode);
        SCOPED_TRACE(interest);
        Pipe pipe = MakePipe();
        const Handle handle = pipe.read_end.handle();
        ASSERT_THAT(AddPipe(handle, interest, mode), IsOk());
        EXPECT_THAT(Poll(), IsEmpty());
        pipe.write_end.Close();
        ExpectHangup(handle, interest, mode, room);
      }
    }
  }
}

// What may be refused: EPIPE (FreeBSD, OpenBSD), EBADF (NetBSD); and on newer
// NetBSD no filter is left.
TEST_P(PipesTest, P5AWriteEndWhoseReaderIsGoneWhenItIsAdded) {
  for (const Mode mode : kModes) {
    for (const Interest interest : kInterests) {
      SCOPED_TRACE(mode);
      SCOPED_TRACE(interest);
      Pipe pipe = MakePipe();
      pipe.read_end.Close();
      const Handle handle = pipe.write_end.handle();
      ASSERT_THAT(AddPipe(handle, interest, mode), IsOk());
      EXPECT_THAT(AddPipe(handle, interest, mode),
                  HasCode(absl::StatusCode::kAlreadyExists));
      ExpectHangup(handle, interest, mode);
    }
  }
}

TEST_P(PipesTest, S2AWriteEndWhoseReaderIsGoneIsClosedWithoutRemove) {
  Pipe pipe = MakePipe();
  pipe.read_end.Close();
  const Handle number = pipe.write_end.handle();
  ASSERT_THAT(AddPipe(number, Interest::kWritable, Mode::kLevel), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  pipe.write_end.Close();
  DuplicateOnto(handle(), number);
  const Socket reused(number);
  ASSERT_THAT(
      selector_->Add(number, Token(2), Interest::kReadable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  MakeReadable();
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(2, Readiness::kReadable)));
  EXPECT_THAT(selector_->Remove(number), IsOk());
}

// Nothing of it is left to be reported, or to keep a `Wait` busy.
TEST_P(PipesTest, S2AWriteEndWhoseReaderIsGoneIsClosedWithoutRemoveForGood) {
  for (const bool is_reused : {false, true}) {
    for (const Mode mode : kModes) {
      SCOPED_TRACE(mode);
      Play(GetParam());
      Pipe pipe = MakePipe();
      pipe.read_end.Close();
      const Handle number = pipe.write_end.handle();
      ASSERT_THAT(AddPipe(number, Interest::kWritable, mode), IsOk());
      pipe.write_end.Close();
      Socket reused;
      if (is_reused) {
        DuplicateOnto(handle(), number);
        reused = Socket(number);
        ASSERT_THAT(
            selector_->Add(number, Token(2), Interest::kReadable, Mode::kLevel),
            IsOk());
      }
      EXPECT_THAT(Poll(), IsEmpty());
      const int calls_before = KqueueCalls();
      EXPECT_THAT(WaitFor(absl::Milliseconds(5)), IsEmpty());
      EXPECT_LE(KqueueCalls() - calls_before, 3);
      EXPECT_EQ(selector_->Remove(number).ok(), is_reused);
    }
  }
}

// One edge for both filters, also where they come in different calls.
TEST_P(PipesTest, M2TheEndIsOneEdge) {
  for (const Interest interest : {Interest::kReadable, Interest::kReadClosed}) {
    SCOPED_TRACE(interest);
    Pipe pipe = MakePipe();
    const Handle handle = pipe.read_end.handle();
    pipe.write_end.Close();
    ASSERT_THAT(AddPipe(handle, interest, Mode::kEdge), IsOk());
    EXPECT_THAT(Poll(1), ElementsAre(IsEvent(1, AtTheEnd(interest))));
    for (const std::size_t room : {1, 64}) EXPECT_THAT(Poll(room), IsEmpty());
  }
}

TEST_P(PipesTest, R4AFailedModifyOfAWriteEndWhoseReaderIsGone) {
  Pipe pipe = MakePipe();
  pipe.read_end.Close();
  const Handle number = pipe.write_end.handle();
  ASSERT_THAT(AddPipe(number, Interest::kWritable, Mode::kLevel), IsOk());
  KqueueFaults faults;
  faults.failing_change = {1, EVFILT_READ, EV_ADD, ENOMEM};
  {
    const ScopedKqueueFaults scope(faults);
    EXPECT_THAT(
        selector_->Modify(number, Token(2), Interest::kReadable, Mode::kLevel),
        HasCode(absl::StatusCode::kResourceExhausted));
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, AtTheEnd(Interest::kWritable))));
  }
  EXPECT_THAT(selector_->Remove(number), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
}

// ---- FIFOs

class FifosTest : public PipesTest {
 protected:
  FifosTest()
      : path_(absl::StrCat(::testing::TempDir(), "/fifo_", getpid(), "_",
                           NameOf(GetParam()))) {
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
  }
  ~FifosTest() override { unlink(path_.c_str()); }

  Socket OpenEnd(int how) {
    return Socket(open(path_.c_str(), how | O_NONBLOCK | O_CLOEXEC));
  }

  const std::string path_;
};
EVENT_INSTANTIATE_SYSTEMS(FifosTest);

TEST_P(FifosTest, P5TheWriterCloses) {
  for (const Interest interest :
       {Interest::kReadable, Interest::kReadClosed, Interest::kNone}) {
    SCOPED_TRACE(interest);
    const Socket read_end = OpenEnd(O_RDONLY);
    Socket writer = OpenEnd(O_WRONLY);
    ASSERT_THAT(AddPipe(read_end.handle(), interest, Mode::kLevel), IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
    writer.Close();
    ExpectHangup(read_end.handle(), interest, Mode::kLevel);
  }
}

TEST_P(FifosTest, P5TheReaderCloses) {
  for (const Interest interest : {Interest::kWritable, Interest::kReadClosed,
                                  Interest::kReadable, Interest::kNone}) {
    SCOPED_TRACE(interest);
    Socket reader = OpenEnd(O_RDONLY);
    const Socket write_end = OpenEnd(O_WRONLY);
    FillPipe(write_end.handle());
    ASSERT_THAT(AddPipe(write_end.handle(), interest, Mode::kLevel), IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
    reader.Close();
    ExpectHangup(write_end.handle(), interest, Mode::kLevel);
  }
}

// An end may be over, for another peer opens the FIFO: what was promoted for
// the end is demoted, or it would report for ever what nobody has asked for.
TEST_P(FifosTest, W2AnEndThatIsOverKeepsNoWaitBusy) {
  const Socket read_end = OpenEnd(O_RDONLY);
  Socket writer = OpenEnd(O_WRONLY);
  ASSERT_THAT(AddPipe(read_end.handle(), Interest::kReadClosed, Mode::kLevel),
              IsOk());
  writer.Close();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  }
  Socket next = OpenEnd(O_WRONLY);
  WriteBytes(next.handle(), "x");
  ASSERT_TRUE(AwaitReadable(read_end.handle(), kForSure));
  for (const std::size_t room : {1, 64}) EXPECT_THAT(Poll(room), IsEmpty());
  // With time left it sleeps, too.
  const int calls_before = KqueueCalls();
  EXPECT_THAT(WaitFor(absl::Milliseconds(50)), IsEmpty());
  EXPECT_LE(KqueueCalls() - calls_before, 4);
  // And the next end is told.
  next.Close();
  EXPECT_EQ(Drain(read_end.handle()), "x");
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
}

TEST_P(FifosTest, W2ABrokenEndThatIsOverKeepsNoWaitBusy) {
  Socket reader = OpenEnd(O_RDONLY);
  const Socket write_end = OpenEnd(O_WRONLY);
  ASSERT_THAT(AddPipe(write_end.handle(), Interest::kReadClosed, Mode::kLevel),
              IsOk());
  reader.Close();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  }
  Socket next = OpenEnd(O_RDONLY);
  for (const std::size_t room : {1, 64}) EXPECT_THAT(Poll(room), IsEmpty());
  const int calls_before = KqueueCalls();
  EXPECT_THAT(WaitFor(absl::Milliseconds(50)), IsEmpty());
  EXPECT_LE(KqueueCalls() - calls_before, 4);
  next.Close();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
