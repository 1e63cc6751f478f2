// Pipes and FIFOs as each system has them: from its sources, which are named at
// each test (file and function).

#include <fcntl.h>
#include <sys/event.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"
#include "event/handle.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/kqueue_shim/shim_test.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ShimPipesTest : public ShimTest {
 protected:
  void MakeNew(System system) {
    Play(system);
    pipe_ = MakePipe();
  }
  Handle reader() const { return pipe_.read_end.handle(); }
  Handle writer() const { return pipe_.write_end.handle(); }

  Pipe pipe_ = MakePipe();
};

// Both ends have both filters. FreeBSD, sys_pipe.c, kern_pipe: "fflags = FREAD
// | FWRITE"; OpenBSD, dopipe, the same; NetBSD 7.99 and XNU, pipe_kqfilter: do
// not look how the file is open. NetBSD of 2023, pipe_kqfilter: "if
// ((fp->f_flag & FREAD) == 0) return EINVAL".
TEST_F(ShimPipesTest, WhichFiltersAnEndHas) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    MakeNew(system);
    const int other = system == System::kNetBsd ? EINVAL : 0;
    EXPECT_EQ(Change(reader(), EVFILT_READ, EV_ADD), 0);
    EXPECT_EQ(Change(reader(), EVFILT_WRITE, EV_ADD), other);
    EXPECT_EQ(Change(writer(), EVFILT_READ, EV_ADD), other);
    EXPECT_EQ(Change(writer(), EVFILT_WRITE, EV_ADD), 0);
  }
}

// FreeBSD, sys_pipe.c, pipeclose: "knlist_clear(&cpipe->pipe_sel.si_note, 1)",
// which marks the knotes of the peer's write filter EV_EOF | EV_ONESHOT
// (kern_event.c, knlist_cleardel).
TEST_F(ShimPipesTest, FreeBsdDropsTheWriteFilterOfABrokenPipe) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    MakeNew(system);
    ASSERT_EQ(Change(writer(), EVFILT_WRITE, EV_ADD), 0);
    pipe_.read_end.Close();
    const auto events = Wait();
    ASSERT_THAT(events, ElementsAre(Is(EVFILT_WRITE)));
    EXPECT_TRUE(Has(events[0], EV_EOF));
    EXPECT_THAT(Wait(), SizeIs(system == System::kFreeBsd ? 0 : 1));
  }
}

// "other end of pipe has been closed": pipe_kqfilter returns EPIPE on FreeBSD
// and OpenBSD, EBADF on NetBSD; XNU attaches.
TEST_F(ShimPipesTest, AddingTheWriteFilterOfABrokenPipe) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    MakeNew(system);
    pipe_.read_end.Close();
    const bool is_netbsd =
        system == System::kNetBsd || system == System::kNetBsd7;
    EXPECT_EQ(Change(writer(), EVFILT_WRITE, EV_ADD), system == System::kMacOs
                                                          ? 0
                                                      : is_netbsd ? EBADF
                                                                  : EPIPE);
  }
}

// The write filter of a full pipe when the reader closes. NetBSD 7.99 and
// OpenBSD of 2021, pipeclose and pipe_destroy: pipeselwakeup() of the closing
// end, whose list has the peer's write filter, comes before PIPE_EOF is set.
// Then the read filter alone tells.
TEST_F(ShimPipesTest, SomeDoNotLookAtAFullPipesWriteFilter) {
  for (const System system : {System::kNetBsd7, System::kOpenBsd}) {
    SCOPED_TRACE(system);
    MakeNew(system);
    FillPipe(writer());
    ASSERT_EQ(Change(writer(), EVFILT_WRITE, EV_ADD), 0);
    ASSERT_EQ(Change(writer(), EVFILT_READ, EV_ADD), 0);
    EXPECT_THAT(Wait(), IsEmpty());
    pipe_.read_end.Close();
    const auto events = Wait();
    ASSERT_THAT(events, ElementsAre(Is(EVFILT_READ)));
    EXPECT_TRUE(Has(events[0], EV_EOF));
  }
}

// FreeBSD, sys_pipe.c, pipe_kqfilter: "If a filter is requested that is not
// supported by this file descriptor, don't return an error, but also don't ever
// generate an event." OpenBSD, fifo_vnops.c, fifo_kqfilter: EINVAL. The end is
// that of the descriptor's own direction.
TEST_F(ShimPipesTest, FifosHaveOneDirection) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    Play(system);
    const std::string path =
        absl::StrCat(::testing::TempDir(), "/shim_fifo_", getpid());
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    Socket read_end(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    Socket write_end(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    ASSERT_EQ(unlink(path.c_str()), 0);
    const int other = system == System::kOpenBsd ? EINVAL : 0;
    EXPECT_EQ(Change(read_end.handle(), EVFILT_READ, EV_ADD), 0);
    EXPECT_EQ(Change(read_end.handle(), EVFILT_WRITE, EV_ADD), other);
    EXPECT_THAT(Wait(), IsEmpty());
    write_end.Close();
    const auto events = Wait();
    ASSERT_THAT(events, ElementsAre(Is(EVFILT_READ)));
    EXPECT_TRUE(Has(events[0], EV_EOF));
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
