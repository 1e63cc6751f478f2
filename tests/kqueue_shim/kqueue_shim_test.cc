// What the manual pages say of kqueue(2), clause by clause. The quotations are
// of FreeBSD's page where no other system is named; NetBSD's, OpenBSD's and
// macOS's say the same in like words.

#include "tests/kqueue_shim/kqueue_shim.h"

#include <sys/event.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "event/handle.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kqueue_shim/shim_test.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr timespec kAMoment = {0, 20 * 1000 * 1000};

class KqueueShimTest : public ShimTest {
 protected:
  Handle a() const { return pair_.a.handle(); }
  Handle b() const { return pair_.b.handle(); }

  SocketPair pair_ = MakeStreamPair();
};

// "Returns whenever there is data available to read"; level-triggered: an event
// is returned as long as the condition holds.
TEST_F(KqueueShimTest, ReadReportsDataWhileThereAreSome) {
  ASSERT_EQ(Change(a(), EVFILT_READ, EV_ADD), 0);
  EXPECT_THAT(Wait(), IsEmpty());
  SendAll(b(), "abc");
  for (int i = 0; i < 2; ++i) {
    const auto events = Wait();
    ASSERT_THAT(events, ElementsAre(Is(EVFILT_READ)));
    EXPECT_EQ(events[0].data, 3) << "the number of bytes available";
    EXPECT_FALSE(Has(events[0], EV_EOF));
  }
  Drain(a());
  EXPECT_THAT(Wait(), IsEmpty());
}

// "EV_CLEAR  After the event is retrieved by the user, its state is reset."
TEST_F(KqueueShimTest, ClearReportsEachChangeOnce) {
  ASSERT_EQ(Change(a(), EVFILT_READ, EV_ADD | EV_CLEAR), 0);
  for (int i = 0; i < 3; ++i) {
    SendAll(b(), "x");
    EXPECT_THAT(Wait(), SizeIs(1));
    EXPECT_THAT(Wait(), IsEmpty());
  }
}

// "a kevent ... is identified by an (ident, filter) pair": what concerns one
// direction does not activate the other.
TEST_F(KqueueShimTest, TwoFiltersAreTwoEventsAndDoNotDisturbEachOther) {
  ASSERT_EQ(Change(a(), EVFILT_READ, EV_ADD | EV_CLEAR), 0);
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD | EV_CLEAR), 0);
  EXPECT_THAT(Wait(), ElementsAre(Is(EVFILT_WRITE)));
  SendAll(b(), "x");
  EXPECT_THAT(Wait(), ElementsAre(Is(EVFILT_READ)));
}

// "EV_ONESHOT  Causes the event to return only the first occurrence of the
// filter being triggered. After the user retrieves the event from the kqueue,
// it is deleted."
TEST_F(KqueueShimTest, OneshotIsDeleted) {
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD | EV_ONESHOT), 0);
  EXPECT_THAT(Wait(), SizeIs(1));
  EXPECT_THAT(Wait(), IsEmpty());
  EXPECT_EQ(Change(a(), EVFILT_WRITE, EV_DELETE), ENOENT);
}

// "EV_DISPATCH  Disable the event source immediately after delivery of an
// event." "EV_ENABLE  Permit kevent() to return the event if it is triggered."
// EV_ADD alone does not enable it (sys/kern/kern_event.c).
TEST_F(KqueueShimTest, DispatchDisablesUntilEnable) {
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD | EV_DISPATCH), 0);
  EXPECT_THAT(Wait(), SizeIs(1));
  EXPECT_THAT(Wait(), IsEmpty());
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD | EV_DISPATCH), 0);
  EXPECT_THAT(Wait(), IsEmpty());
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ENABLE), 0);
  EXPECT_THAT(Wait(), SizeIs(1));
}

// "EV_DISABLE  Disable the event so kevent() will not return it. The filter
// itself is not disabled."
TEST_F(KqueueShimTest, DisabledIsSilentAndStaysRegistered) {
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD), 0);
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_DISABLE), 0);
  EXPECT_THAT(Wait(), IsEmpty());
  EXPECT_EQ(Change(a(), EVFILT_WRITE, EV_DELETE), 0);
}

// "Re-adding an existing event will modify the parameters of the original
// event, and not result in a duplicate entry." The flags stay: EV_CLEAR cannot
// be changed so.
TEST_F(KqueueShimTest, AddingAgainReplacesUdataAndKeepsFlags) {
  ASSERT_EQ(Change(Of(a(), EVFILT_WRITE, EV_ADD, 0, 0, 1)), 0);
  ASSERT_EQ(Change(Of(a(), EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0, 2)), 0);
  for (int i = 0; i < 2; ++i) {
    const auto events = Wait();
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(events[0].udata), 2u);
  }
}

// "EV_DELETE  Removes the event from the kqueue." "[ENOENT] The event could not
// be found to be modified or deleted." "[EBADF] The specified descriptor is
// invalid." "[EINVAL] The ... filter is invalid."
TEST_F(KqueueShimTest, ErrorsOfChanges) {
  EXPECT_EQ(Change(a(), EVFILT_READ, EV_DELETE), ENOENT);
  EXPECT_EQ(Change(a(), EVFILT_READ, EV_ENABLE), ENOENT);
  EXPECT_EQ(Change(-1, EVFILT_READ, EV_ADD), EBADF);
  EXPECT_EQ(Change(a(), 77, EV_ADD), EINVAL);
  EXPECT_EQ(Change(a(), EVFILT_VNODE, EV_ADD), EINVAL);
}

// "EV_RECEIPT  ... forces EV_ERROR to always be returned. When a filter is
// successfully added the data field will be zero. Note that if this flag is
// encountered and there is no remaining space in eventlist to hold the EV_ERROR
// event, then subsequent changes will not get processed." The change itself is
// made, but on macOS, and the call returns 0 (kqueue_kevent).
TEST_F(KqueueShimTest, ReceiptsTellTheFateOfEachChangeAndDrainNothing) {
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD), 0);
  const struct kevent changes[] = {Of(a(), EVFILT_READ, EV_ADD | EV_RECEIPT),
                                   Of(b(), EVFILT_READ, EV_DELETE | EV_RECEIPT),
                                   Of(b(), EVFILT_READ, EV_ADD | EV_RECEIPT)};
  struct kevent receipts[3];
  ASSERT_EQ(kevent(queue_.handle(), changes, 3, receipts, 3, nullptr), 3);
  const int expected[] = {0, ENOENT, 0};
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Has(receipts[i], EV_ERROR));
    EXPECT_EQ(receipts[i].data, expected[i]);
    EXPECT_EQ(receipts[i].ident, changes[i].ident);
  }
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    Play(system);
    ASSERT_EQ(Change(b(), EVFILT_READ, EV_ADD), 0);
    const struct kevent more[] = {Of(b(), EVFILT_READ, EV_DELETE | EV_RECEIPT),
                                  Of(a(), EVFILT_READ, EV_ADD | EV_RECEIPT),
                                  Of(b(), EVFILT_READ, EV_ADD | EV_RECEIPT)};
    const bool is_macos = system == System::kMacOs;
    EXPECT_EQ(kevent(queue_.handle(), more, 3, receipts, 1, nullptr),
              is_macos ? 1 : 0);
    EXPECT_EQ(receipts[0].data, 0) << "deleted, as it was there";
    EXPECT_EQ(Change(a(), EVFILT_READ, EV_DELETE), is_macos ? ENOENT : 0);
    EXPECT_EQ(Change(b(), EVFILT_READ, EV_DELETE), ENOENT) << "the third";
  }
}

// "If an error occurs while processing an element of the changelist and there
// is enough room in the eventlist, then the event will be placed in the
// eventlist with EV_ERROR set in flags ... Otherwise, -1 will be returned".
TEST_F(KqueueShimTest, WithoutReceiptsOnlyErrorsTakeRoom) {
  const struct kevent changes[] = {Of(a(), EVFILT_READ, EV_DELETE),
                                   Of(a(), EVFILT_READ, EV_ADD)};
  struct kevent events[2];
  ASSERT_EQ(kevent(queue_.handle(), changes, 2, events, 2, &kNow), 1);
  EXPECT_TRUE(Has(events[0], EV_ERROR));
  EXPECT_EQ(events[0].data, ENOENT);
  EXPECT_EQ(Change(a(), EVFILT_READ, EV_DELETE), 0) << "it was added";
}

// "NOTE_LOWAT ... the low water mark may be overridden ... specifying the new
// low water mark in data. The return value data contains the number of bytes
// of protocol data available."
TEST_F(KqueueShimTest, TheLowWaterMark) {
  ASSERT_EQ(Change(Of(a(), EVFILT_READ, EV_ADD, NOTE_LOWAT, 3)), 0);
  SendAll(b(), "ab");
  EXPECT_THAT(Wait(), IsEmpty());
  SendAll(b(), "c");
  EXPECT_THAT(Wait(), SizeIs(1));
}

TEST_F(KqueueShimTest, AMarkThatNoBufferReaches) {
  constexpr std::int64_t kMark = 0x7fffffff;
  ASSERT_EQ(Change(Of(a(), EVFILT_WRITE, EV_ADD, NOTE_LOWAT, kMark)), 0);
  EXPECT_THAT(Wait(), IsEmpty());
  // XNU, filt_sowrite: "if (kn->kn_sdata > so->so_snd.sb_hiwat)" it is cut.
  Play(System::kMacOs);
  ASSERT_EQ(Change(Of(a(), EVFILT_WRITE, EV_ADD, NOTE_LOWAT, kMark)), 0);
  EXPECT_THAT(Wait(), SizeIs(1));
}

// "If the read direction of the socket has shutdown, then the filter also sets
// EV_EOF in flags". It is possible for EOF to be returned while there is still
// data pending.
TEST_F(KqueueShimTest, EndsOfASocket) {
  ASSERT_EQ(Change(a(), EVFILT_READ, EV_ADD), 0);
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD), 0);
  SendAll(b(), "x");
  ShutdownSend(b());
  for (const auto& event : Wait()) {
    EXPECT_EQ(Has(event, EV_EOF), event.filter == EVFILT_READ);
  }
  pair_.b.Close();
  const auto events = Wait();
  EXPECT_THAT(events, SizeIs(2));
  for (const auto& event : events) EXPECT_TRUE(Has(event, EV_EOF));
}

// "... and returns the socket error (if any) in fflags."
TEST_F(KqueueShimTest, TheErrorOfASocket) {
  pair_ = MakeTcpPair();
  ASSERT_EQ(Change(a(), EVFILT_READ, EV_ADD), 0);
  Reset(std::move(pair_.b));
  ASSERT_TRUE(AwaitReadable(a(), absl::Seconds(120)));
  const auto events = Wait();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_TRUE(Has(events[0], EV_EOF));
  EXPECT_EQ(events[0].fflags, static_cast<unsigned>(ECONNRESET));
  EXPECT_TRUE(IsConnectionReset(TakeSocketError(a()))) << "it was not consumed";
}

// "Fifos, Pipes: ... When the last writer disconnects, the filter will set
// EV_EOF in flags." "The filter will set EV_EOF when the reader disconnects".
TEST_F(KqueueShimTest, EndsOfAPipe) {
  Pipe pipe = MakePipe();
  ASSERT_EQ(Change(pipe.read_end.handle(), EVFILT_READ, EV_ADD), 0);
  pipe.write_end.Close();
  auto events = Wait();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_TRUE(Has(events[0], EV_EOF));
  pipe = MakePipe();
  ASSERT_EQ(Change(pipe.write_end.handle(), EVFILT_WRITE, EV_ADD), 0);
  EXPECT_FALSE(Has(Wait()[0], EV_EOF));
  pipe.read_end.Close();
  events = Wait();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_TRUE(Has(events[0], EV_EOF));
}

// macOS, OpenBSD, DragonFly: "EVFILT_EXCEPT ... NOTE_OOB  Out-of-band data is
// present on the socket."
TEST_F(KqueueShimTest, OutOfBandData) {
  pair_ = MakeTcpPair();
  ASSERT_EQ(Change(a(), EVFILT_EXCEPT, EV_ADD, NOTE_OOB), 0);
  SendAll(b(), "x");
  ASSERT_TRUE(AwaitReadable(a(), absl::Seconds(120)));
  EXPECT_THAT(Wait(), IsEmpty());
  ASSERT_TRUE(SendOutOfBand(b(), '!'));
  const auto events = Wait(nullptr);
  ASSERT_THAT(events, ElementsAre(Is(EVFILT_EXCEPT)));
  EXPECT_EQ(events[0].fflags, static_cast<unsigned>(NOTE_OOB));
}

// "EVFILT_USER  Establishes a user event ... which is not associated with any
// kernel mechanism but is triggered by user level code." "NOTE_TRIGGER  Cause
// the event to be triggered." Without EV_CLEAR it repeats (nng#575).
TEST_F(KqueueShimTest, UserEvents) {
  ASSERT_EQ(Change(3, EVFILT_USER, EV_ADD | EV_CLEAR), 0);
  EXPECT_THAT(Wait(), IsEmpty());
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(Change(3, EVFILT_USER, 0, NOTE_TRIGGER), 0);
    ASSERT_EQ(Change(3, EVFILT_USER, 0, NOTE_TRIGGER), 0);
    EXPECT_THAT(Wait(), ElementsAre(Is(EVFILT_USER)));
    EXPECT_THAT(Wait(), IsEmpty());
  }
  ASSERT_EQ(Change(1, EVFILT_USER, EV_ADD), 0);
  ASSERT_EQ(Change(1, EVFILT_USER, 0, NOTE_TRIGGER), 0);
  EXPECT_THAT(Wait(), SizeIs(1));
  EXPECT_THAT(Wait(), SizeIs(1));
  EXPECT_EQ(Change(2, EVFILT_USER, 0, NOTE_TRIGGER), ENOENT);
}

// FreeBSD, kern_event.c, filt_usertouch: "if (kev->flags & EV_CLEAR) {
// kn->kn_hookid = 0"; and filt_userattach of one that is new does not see
// NOTE_TRIGGER, since kqueue_register has set "kev->fflags = 0".
TEST_F(KqueueShimTest, AddingAUserEventDoesNotTriggerAndMayUntrigger) {
  ASSERT_EQ(Change(1, EVFILT_USER, EV_ADD | EV_CLEAR, NOTE_TRIGGER), 0);
  EXPECT_THAT(Wait(), IsEmpty());
  ASSERT_EQ(Change(1, EVFILT_USER, 0, NOTE_TRIGGER), 0);
  ASSERT_EQ(Change(1, EVFILT_USER, EV_ADD | EV_CLEAR), 0);
  EXPECT_THAT(Wait(), IsEmpty());
}

// "If timeout is a non-NULL pointer, it specifies a maximum interval to wait
// for an event". "[EINVAL] The specified time limit is invalid".
TEST_F(KqueueShimTest, Timeouts) {
  timespec before;
  timespec after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  EXPECT_THAT(Wait(&kAMoment), IsEmpty());
  clock_gettime(CLOCK_MONOTONIC, &after);
  EXPECT_GE((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec -
                before.tv_nsec,
            kAMoment.tv_nsec);
  struct kevent room;
  const timespec negative = {-1, 0};
  EXPECT_EQ(kevent(queue_.handle(), nullptr, 0, &room, 1, &negative), -1);
  EXPECT_EQ(errno, EINVAL);
}

// "Calling close() on a file descriptor will remove any kevents that reference
// the descriptor", duplicates of it or not.
TEST_F(KqueueShimTest, ClosingADescriptorRemovesItsEvents) {
  const Socket duplicate = Duplicate(a());
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD), 0);
  ASSERT_EQ(Change(duplicate.handle(), EVFILT_WRITE, EV_ADD), 0);
  EXPECT_THAT(Wait(), SizeIs(2));
  const Handle number = a();
  pair_.a.Close();
  EXPECT_THAT(Wait(), SizeIs(1));
  DuplicateOnto(duplicate.handle(), number);
  EXPECT_THAT(Wait(), SizeIs(1));
  EXPECT_EQ(Change(number, EVFILT_WRITE, EV_DELETE), ENOENT);
  close(number);
}

// "The queue is not inherited by a child created with fork(2)."
TEST_F(KqueueShimTest, AChildDoesNotInheritTheQueue) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    struct kevent room;
    const int result = kevent(queue_.handle(), nullptr, 0, &room, 1, &kNow);
    _exit(result == -1 && errno == EBADF ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

// "Vnode: Returns when the file pointer is not at the end of file": files are
// accepted. (They never report here.)
TEST_F(KqueueShimTest, FilesAreAccepted) {
  const Socket file = OpenRegularFile();
  EXPECT_EQ(Change(file.handle(), EVFILT_READ, EV_ADD), 0);
  EXPECT_EQ(Change(file.handle(), EVFILT_VNODE, EV_ADD), 0);
}

// Each event has its turn: who was reported is the last of the next.
TEST_F(KqueueShimTest, ReportedEventsGoToTheEndOfTheQueue) {
  ASSERT_EQ(Change(a(), EVFILT_WRITE, EV_ADD), 0);
  ASSERT_EQ(Change(b(), EVFILT_WRITE, EV_ADD), 0);
  const auto first = Wait(&kNow, 1);
  const auto second = Wait(&kNow, 1);
  ASSERT_THAT(first, SizeIs(1));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_NE(first[0].ident, second[0].ident);
}

// OpenBSD and NetBSD change an existing event only with EV_ADD: "if (kev->flags
// & EV_ADD) ... kn->kn_kevent.udata = kev->udata" (kern_event.c).
TEST_F(KqueueShimTest, OnOpenBsdAndNetBsdOnlyAddReplacesUdata) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    Play(system);
    ASSERT_EQ(Change(Of(a(), EVFILT_WRITE, EV_ADD, 0, 0, 1)), 0);
    ASSERT_EQ(Change(Of(a(), EVFILT_WRITE, EV_ENABLE, 0, 0, 2)), 0);
    const bool replaces =
        system == System::kFreeBsd || system == System::kMacOs;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(Wait()[0].udata),
              replaces ? 2u : 1u);
  }
}

// NetBSD, kern_event.c, kqueue_scan: "timeout = tstohz(&ats)"; OpenBSD,
// kern_synch.c, tsleep_nsec: "Round nsecs up ... Add 1".
TEST_F(KqueueShimTest, NetBsdAndOpenBsdCountTicks) {
  for (const System system :
       {System::kNetBsd7, System::kNetBsd, System::kOpenBsd}) {
    Play(system);
    constexpr timespec kMicrosecond = {0, 1000};
    timespec before;
    timespec after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    EXPECT_THAT(Wait(&kMicrosecond), IsEmpty());
    clock_gettime(CLOCK_MONOTONIC, &after);
    EXPECT_GE((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec -
                  before.tv_nsec,
              20 * 1000 * 1000);
  }
}

// NetBSD 7.99, kern_event.c, kqueue_scan: one level event wakes one of those
// who sleep; who comes later gets it, too.
TEST_F(KqueueShimTest, OnNetBsd7ALevelEventWakesOne) {
  Play(System::kNetBsd7);
  ASSERT_EQ(Change(1, EVFILT_USER, EV_ADD), 0);
  std::atomic<int> woken{0};
  std::optional<ThreadId> ids[2];
  std::vector<std::thread> threads;
  std::atomic<int> started{0};
  for (std::optional<ThreadId>& id : ids) {
    threads.emplace_back([this, &id, &woken, &started] {
      id = CurrentThreadId();
      ++started;
      Wait(nullptr);
      ++woken;
    });
  }
  while (started < 2) std::this_thread::yield();
  for (const std::optional<ThreadId>& id : ids) AwaitBlocked(*id);
  ASSERT_EQ(Change(1, EVFILT_USER, 0, NOTE_TRIGGER), 0);
  while (woken == 0) std::this_thread::yield();
  EXPECT_THAT(Wait(), SizeIs(1));
  EXPECT_EQ(woken, 1);
  ASSERT_EQ(Change(1, EVFILT_USER, 0, NOTE_TRIGGER), 0);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
