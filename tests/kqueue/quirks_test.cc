// What is particular about kqueue: each quirk that the backend has to get
// right, with what real systems do injected into the shim. The quotations are
// of kqueue(2).

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
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
#include "tests/contract/stopwatch.h"
#include "tests/kqueue/kqueue_test.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;

// ---- The system calls that the contract allows

TEST_F(KqueueTest, EachCallOfTheSelectorIsOneOfTheSystem) {
  ASSERT_THAT(Add(kBoth), IsOk());
  const auto cost_of = [](const auto& call) {
    const int before = KqueueCalls();
    call();
    return KqueueCalls() - before;
  };
  EXPECT_EQ(cost_of([&] { EXPECT_THAT(Poll(), ElementsAre(HasToken(1))); }), 1);
  EXPECT_EQ(cost_of([&] {
              EXPECT_THAT(
                  selector_->Modify(handle(), Token(1), kBoth, Mode::kLevel),
                  IsOk());
            }),
            1);
  EXPECT_EQ(cost_of([&] { EXPECT_THAT(selector_->Remove(handle()), IsOk()); }),
            1);
  EXPECT_EQ(cost_of([&] { EXPECT_THAT(Add(kBoth), IsOk()); }), 1);
  EXPECT_EQ(cost_of([&] { EXPECT_THAT(selector_->Wake(), IsOk()); }), 1);
  EXPECT_EQ(cost_of([&] { EXPECT_THAT(selector_->Wake(), IsOk()); }), 0);
}

// ---- Two filters of one descriptor are two events

TEST_F(KqueueTest, TheFiltersOfAHandleAreOneEventInWhateverOrderTheyCome) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    for (const bool is_reversed : {false, true}) {
      SCOPED_TRACE(mode);
      KqueueFaults faults;
      faults.is_reversed = is_reversed;
      const ScopedKqueueFaults scope(faults);
      ASSERT_THAT(Add(kBoth, mode), IsOk());
      MakeReadable();
      EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, kReadyBoth)));
      ASSERT_THAT(selector_->Remove(handle()), IsOk());
      Drain(handle());
    }
  }
}

TEST_F(KqueueTest, M3TheSecondFilterOfASpentRegistrationIsSilent) {
  KqueueFaults faults;
  faults.is_split = true;
  const ScopedKqueueFaults scope(faults);
  ASSERT_THAT(Add(kBoth, Mode::kOneshot), IsOk());
  MakeReadable();
  const std::vector<Event> first = WaitFor(kForSure);
  ASSERT_THAT(first, ElementsAre(HasToken(1)));
  // The other comes from the kernel now, and goes no further.
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  ASSERT_THAT(selector_->Modify(handle(), Token(2), kBoth, Mode::kOneshot),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(2)));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(KqueueTest, M2EdgesInDifferentCallsAreBothReported) {
  KqueueFaults faults;
  faults.is_split = true;
  const ScopedKqueueFaults scope(faults);
  ASSERT_THAT(Add(kBoth, Mode::kEdge), IsOk());
  MakeReadable();
  Readiness told;
  for (int i = 0; i < 2; ++i) {
    for (const Event& event : WaitFor(kForSure)) told |= event.readiness;
  }
  EXPECT_EQ(told, kReadyBoth);
  EXPECT_THAT(Poll(), IsEmpty());
}

// A hang-up is the end of both directions, whichever is heard of first.
TEST_F(KqueueTest, P2AHangupInPartsIsReportedWhenItIsWhole) {
  for (const Interest interest :
       {Interest::kNone, Interest::kReadable, Interest::kWritable,
        Interest::kReadClosed, Interest::kPriority}) {
    for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
      if (mode == Mode::kOneshot && interest != Interest::kNone) continue;
      for (const bool is_reversed : {false, true}) {
        SCOPED_TRACE(interest);
        SCOPED_TRACE(mode);
        KqueueFaults faults;
        faults.is_split = true;
        faults.is_reversed = is_reversed;
        const ScopedKqueueFaults scope(faults);
        pair_ = MakeStreamPair();
        ASSERT_THAT(Add(interest, mode), IsOk());
        Poll();
        pair_.b.Close();
        Readiness told;
        for (int i = 0; i < 3; ++i) {
          for (const Event& event : Poll()) told |= event.readiness;
        }
        EXPECT_TRUE(told.hangup()) << told;
        const bool is_level =
            mode == Mode::kLevel && interest != Interest::kNone;
        EXPECT_EQ(!Poll().empty(), is_level) << "M1, M2, R6";
      }
    }
  }
}

// A direction that is not asked for has EV_CLEAR. What it told must come again
// all the same (M1).
TEST_F(KqueueTest, M1TheEndOfTheStreamIsReportedByLevelWithoutReadable) {
  ASSERT_THAT(Add(Interest::kReadClosed), IsOk());
  MakeReadable();
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  ShutdownSend(pair_.b.handle());
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadClosed)));
  }
  const int before = KqueueCalls();
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  EXPECT_EQ(KqueueCalls() - before, 1) << "the extra call is made once";
}

// ---- Changes

// The hang-up of a parked registration is told once, also if a `Modify` fails
// in between.
TEST_F(KqueueTest, R6AFailedModifyDoesNotRepeatAParkedOnesHangup) {
  ASSERT_THAT(Add(Interest::kNone), IsOk());
  HangUp(std::move(pair_.b));
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(Poll(), IsEmpty());
  KqueueFaults faults;
  faults.failing_change = {1, EVFILT_WRITE, EV_ADD, ENOMEM};
  {
    const ScopedKqueueFaults scope(faults);
    EXPECT_FALSE(
        selector_->Modify(handle(), Token(2), kBoth, Mode::kLevel).ok());
  }
  EXPECT_THAT(Poll(), IsEmpty());
}

// An interrupted look whether a registration is there is not an answer.
TEST_F(KqueueTest, S2AnInterruptedLookIsRepeated) {
  ASSERT_THAT(Add(Interest::kReadable), IsOk());
  const Handle number = handle();
  pair_.a.Close();
  const Socket reused = Duplicate(pair_.b.handle());
  ASSERT_EQ(reused.handle(), number);
  KqueueFaults faults;
  faults.interrupted_changes = 1;
  const ScopedKqueueFaults scope(faults);
  EXPECT_THAT(
      selector_->Add(number, Token(2), Interest::kWritable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(2)));
}

// "a signal was delivered before the timeout expired and before any events were
// placed on the kqueue for return" - and all changes have been applied.
TEST_F(KqueueTest, ChangesInterruptedAfterTheyWereMadeSucceed) {
  KqueueFaults faults;
  const ScopedKqueueFaults scope(faults);
  faults.interrupted_changes = 1;
  EXPECT_THAT(Add(Interest::kReadable), IsOk());
  EXPECT_THAT(Add(Interest::kReadable),
              HasCode(absl::StatusCode::kAlreadyExists));
  faults.interrupted_changes = 2;
  EXPECT_THAT(selector_->Modify(handle(), Token(2), kBoth, Mode::kLevel),
              IsOk());
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(2, Readiness::kWritable)));
  faults.interrupted_changes = 1;
  EXPECT_THAT(selector_->Wake(), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(2)));
  faults.interrupted_changes = 1;
  EXPECT_THAT(selector_->Remove(handle()), IsOk());
  EXPECT_EQ(faults.interrupted_changes, 0);
  EXPECT_THAT(selector_->Remove(handle()),
              HasCode(absl::StatusCode::kNotFound));
}

TEST_F(KqueueTest, W3AnInterruptedWaitWaitsForTheRest) {
  KqueueFaults faults;
  faults.interrupted_waits = 3;
  const ScopedKqueueFaults scope(faults);
  const Stopwatch stopwatch;
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_THAT(stopwatch.Elapsed(), Ge(kAMoment));
  EXPECT_EQ(faults.interrupted_waits, 0);
}

TEST_F(KqueueTest, W1OneFilterInEachCall) {
  KqueueFaults faults;
  faults.most_entries = 1;
  const ScopedKqueueFaults scope(faults);
  ASSERT_THAT(Add(kBoth), IsOk());
  MakeReadable();
  EXPECT_THAT(selector_->Modify(handle(), Token(2), kBoth, Mode::kLevel),
              IsOk());
  std::set<std::uint32_t> told;
  for (int i = 0; i < 2; ++i) {
    for (const Event& event : WaitFor(kForSure)) {
      EXPECT_THAT(event, HasToken(2));
      told.insert(event.readiness.bits());
    }
  }
  EXPECT_EQ(told.size(), 2u) << "one filter in each call";
  EXPECT_THAT(selector_->Remove(handle()), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(KqueueTest, S3ErrorsAmongTheEventsFailNobody) {
  SocketPair other = MakeStreamPair();
  ASSERT_THAT(Add(Interest::kWritable), IsOk());
  ASSERT_THAT(selector_->Add(other.a.handle(), Token(2), Interest::kWritable),
              IsOk());
  KqueueFaults faults;
  faults.stray_errors = 1;
  const ScopedKqueueFaults scope(faults);
  EXPECT_THAT(WaitFor(kForSure), ::testing::UnorderedElementsAre(
                                     IsEvent(1, Readiness::kWritable),
                                     IsEvent(2, Readiness::kWritable)));
  EXPECT_EQ(faults.stray_errors, 0);
}

TEST_F(KqueueTest, ADirectionThatTheFileDoesNotHave) {
  Pipe pipe = MakePipe();
  KqueueFaults faults;
  faults.failing_change = {1, EVFILT_WRITE, EV_ADD, EINVAL};
  const ScopedKqueueFaults scope(faults);
  ASSERT_THAT(
      selector_->Add(pipe.read_end.handle(), Token(1), Interest::kReadable),
      IsOk());
  WriteBytes(pipe.write_end.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_THAT(selector_->Remove(pipe.read_end.handle()), IsOk())
      << "ENOENT of a filter that was never there";
}

TEST_F(KqueueTest, AFailedAddLeavesNothing) {
  KqueueFaults faults;
  faults.failing_change = {1, EVFILT_WRITE, EV_ADD, ENOMEM};
  const ScopedKqueueFaults scope(faults);
  EXPECT_THAT(Add(kBoth), HasCode(absl::StatusCode::kResourceExhausted));
  MakeReadable();
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_THAT(selector_->Remove(handle()),
              HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(Add(kBoth), IsOk());
}

TEST_F(KqueueTest, R4AFailedModifyChangesNothing) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    SCOPED_TRACE(mode);
    ASSERT_THAT(Add(Interest::kReadable, mode), IsOk());
    MakeReadable();
    KqueueFaults faults;
    faults.failing_change = {1, EVFILT_WRITE, EV_ADD, ENOMEM};
    const ScopedKqueueFaults scope(faults);
    EXPECT_THAT(selector_->Modify(handle(), Token(2), kBoth, Mode::kLevel),
                HasCode(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    // Spent, and not armed again by a call that failed.
    if (mode == Mode::kOneshot) {
      faults.failing_change.times = 1;
      EXPECT_THAT(selector_->Modify(handle(), Token(2), kBoth, Mode::kLevel),
                  HasCode(absl::StatusCode::kResourceExhausted));
      EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    }
    ASSERT_THAT(selector_->Remove(handle()), IsOk());
    Drain(handle());
  }
}

TEST_F(KqueueTest, R2AKnoteThatIsGoneIsNoRegistration) {
  ASSERT_THAT(Add(kBoth), IsOk());
  KqueueFaults faults;
  const ScopedKqueueFaults scope(faults);
  // One filter's ENOENT is no reason yet.
  faults.failing_change = {1, EVFILT_READ, EV_DELETE, ENOENT};
  EXPECT_THAT(selector_->Modify(handle(), Token(2), kBoth, Mode::kLevel),
              IsOk());
  EXPECT_THAT(selector_->Remove(handle()), IsOk());
  EXPECT_EQ(faults.failing_change.times, 0);
}

// ---- Where the systems differ

// macOS cuts the low-water mark down to the buffer's size, so that a direction
// that is not asked for reports now and then.
TEST_F(KqueueTest, OnMacOsTheOtherDirectionIsNotTakenForAnEvent) {
  Play(System::kMacOs);
  ASSERT_THAT(Add(Interest::kReadable), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  MakeReadable();
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  ASSERT_THAT(
      selector_->Modify(handle(), Token(2), Interest::kNone, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  pair_.b.Close();
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(2, Readiness::kHangup)));
}

// ---- The queue's descriptor

TEST_F(KqueueTest, R3TheQueueIsAPartOfTheSelector) {
  EXPECT_THAT(selector_->Add(selector_->descriptor().value(), Token(1), kBoth),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(selector_->Remove(selector_->descriptor().value()),
              HasCode(absl::StatusCode::kNotFound));
}

// "The queue is not inherited by a child created with fork(2)": its number is
// free there, and may be somebody else's when the selector is destroyed.
TEST_F(KqueueTest, S4AChildThatDestroysItsCopyClosesNobodyElsesDescriptor) {
  const int number = selector_->descriptor().value();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (fcntl(number, F_GETFD) >= 0) _exit(1);  // It was inherited.
    if (dup2(handle(), number) != number) _exit(2);
    selector_.reset();
    _exit(fcntl(number, F_GETFD) >= 0 ? 0 : 3);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_THAT(Add(Interest::kWritable), IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
