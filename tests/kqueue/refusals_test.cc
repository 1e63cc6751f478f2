// Every change and every call that the backend makes of kevent(2) is refused in
// turn, over each system: the status says so, nothing has changed, and the
// selector goes on working.

#include <sys/event.h>

#include <array>
#include <cerrno>
#include <functional>
#include <set>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/kqueue/kqueue_selector.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/faults/workout.h"
#include "tests/kqueue/kqueue_test.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Code = absl::StatusCode;

constexpr Interest kAll =
    Interest::kReadable | Interest::kWritable | Interest::kPriority;

class RefusalsTest : public EachSystemTest {
 protected:
  using Refusal = KqueueFaults::Refusal KqueueFaults::*;

  // Calls `act` in a state that `prepare` makes, with the first change (or
  // call, as `refusal` says) that the system refuses for want of memory, with
  // the second, and so on until none is left. Where one was refused, `act` has
  // failed and `check` must find that nothing has changed; or it has succeeded
  // all the same, as for a change that need not be made.
  void ForEach(Refusal refusal, const std::function<void()>& prepare,
               const std::function<absl::Status()>& act,
               const std::function<void()>& check) {
    constexpr int kMost = 50;
    for (int passing = 0; passing < kMost; ++passing) {
      SCOPED_TRACE(passing);
      Play(GetParam());
      prepare();
      KqueueFaults faults;
      (faults.*refusal).passing = passing;
      (faults.*refusal).error = ENOMEM;
      absl::Status status;
      {
        const ScopedKqueueFaults scope(faults);
        status = act();
      }
      if (!(faults.*refusal).has_failed) {
        EXPECT_THAT(status, IsOk());
        return;
      }
      EXPECT_THAT(status,
                  AnyOf(HasCode(Code::kOk), HasCode(Code::kResourceExhausted)));
      if (!status.ok()) check();
      selector_->Remove(subject_).IgnoreError();
      EXPECT_EQ(Workout(*selector_), "");
    }
    FAIL() << "there is no end of them";
  }
  void ForEachOfBoth(const std::function<void()>& prepare,
                     const std::function<absl::Status()>& act,
                     const std::function<void()>& check) {
    ForEach(&KqueueFaults::refused_change, prepare, act, check);
    ForEach(&KqueueFaults::refused_call, prepare, act, check);
  }

  void Register(Mode mode) {
    ASSERT_THAT(selector_->Add(handle(), Token(1), Interest::kWritable, mode),
                IsOk());
  }
  void ExpectNotRegistered() {
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_THAT(selector_->Remove(handle()), HasCode(Code::kNotFound));
  }
  void ExpectRegistered(Mode mode) {
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kWritable)));
    const bool is_level = mode == Mode::kLevel;
    EXPECT_EQ(Poll().empty(), !is_level);
  }

  Handle subject_ = handle();  // What `act` is about.
};
// The others differ in pipes, and wait longer.
INSTANTIATE_TEST_SUITE_P(Systems, RefusalsTest,
                         ::testing::Values(System::kFreeBsd, System::kMacOs),
                         ::testing::PrintToStringParamName());

using BrokenPipeRefusalsTest = RefusalsTest;
EVENT_INSTANTIATE_SYSTEMS(BrokenPipeRefusalsTest);

TEST_P(RefusalsTest, S3Create) {
  const std::set<int> before = OpenDescriptors();
  const ScopedSystem scope(GetParam());
  for (const auto refusal :
       {&KqueueFaults::refused_change, &KqueueFaults::refused_call}) {
    for (int passing = 0; passing < 10; ++passing) {
      KqueueFaults faults;
      (faults.*refusal).passing = passing;
      (faults.*refusal).error = ENOMEM;
      const ScopedKqueueFaults installed(faults);
      const absl::Status status = KqueueSelector::Create().status();
      EXPECT_THAT(status, HasCode((faults.*refusal).has_failed
                                      ? Code::kResourceExhausted
                                      : Code::kOk));
      EXPECT_EQ(OpenDescriptors(), before);
      if (!(faults.*refusal).has_failed) break;
    }
  }
  for (const int error : {EMFILE, ENFILE, ENOMEM}) {
    KqueueFaults faults;
    faults.queue_error = error;
    const ScopedKqueueFaults installed(faults);
    EXPECT_THAT(KqueueSelector::Create().status(),
                HasCode(Code::kResourceExhausted));
    EXPECT_EQ(OpenDescriptors(), before);
  }
}

TEST_P(RefusalsTest, S3Add) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    for (const Interest interest : {Interest::kWritable, kAll}) {
      SCOPED_TRACE(mode);
      SCOPED_TRACE(interest);
      ForEachOfBoth(
          [] {},
          [&] { return selector_->Add(handle(), Token(1), interest, mode); },
          [&] { ExpectNotRegistered(); });
    }
  }
}

// An out-of-band filter without memory is noticed.
TEST_P(RefusalsTest, S3EachFilterOfAnAddIsMissed) {
  constexpr short kFilters[] = {EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT};
  for (const short filter : kFilters) {
    for (const int error : {ENOMEM, ENOSPC}) {
      KqueueFaults faults;
      faults.failing_change = {1, filter, EV_ADD, error};
      const ScopedKqueueFaults scope(faults);
      EXPECT_THAT(selector_->Add(handle(), Token(1), kAll),
                  HasCode(Code::kResourceExhausted))
          << filter << " " << error;
      ExpectNotRegistered();
    }
  }
}

TEST_P(RefusalsTest, R4Modify) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    SCOPED_TRACE(mode);
    ForEachOfBoth([&] { Register(mode); },
                  [&] {
                    return selector_->Modify(handle(), Token(2), kAll,
                                             Mode::kLevel);
                  },
                  [&] { ExpectRegistered(mode); });
  }
}

// What the end of the stream has promoted stays level-triggered.
TEST_P(RefusalsTest, R4ModifyOfAPromotedRegistration) {
  ForEachOfBoth(
      [&] {
        pair_ = MakeStreamPair();
        subject_ = handle();
        ASSERT_THAT(Add(Interest::kReadClosed), IsOk());
        ShutdownSend(pair_.b.handle());
        EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
      },
      [&] {
        return selector_->Modify(handle(), Token(2), Interest::kWritable,
                                 Mode::kOneshot);
      },
      [&] {
        for (int i = 0; i < 4; ++i) {
          EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadClosed)));
        }
      });
}

// The same of a pipe whose write filter was promoted.
TEST_P(BrokenPipeRefusalsTest, R4Modify) {
  Pipe pipe;
  ForEachOfBoth(
      [&] {
        pipe = MakePipe();
        subject_ = pipe.write_end.handle();
        ASSERT_THAT(selector_->Add(pipe.write_end.handle(), Token(1),
                                   Interest::kReadClosed, Mode::kLevel),
                    IsOk());
        pipe.read_end.Close();
        EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
      },
      [&] {
        return selector_->Modify(subject_, Token(2), Interest::kWritable,
                                 Mode::kOneshot);
      },
      [&] {
        for (int i = 0; i < 4; ++i) {
          EXPECT_THAT(Poll(), ElementsAre(IsEventWith(1, Readiness::kHangup)));
        }
      });
}

// (No system needs memory to delete a filter: the call as a whole may be
// refused.)
TEST_P(RefusalsTest, S3Remove) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    SCOPED_TRACE(mode);
    ForEach(
        &KqueueFaults::refused_call, [&] { Register(mode); },
        [&] { return selector_->Remove(handle()); },
        [&] {
          ExpectRegistered(mode);
          EXPECT_THAT(selector_->Remove(handle()), IsOk());
        });
  }
}

TEST_P(RefusalsTest, S3Wait) {
  std::array<Event, 4> room;
  ForEachOfBoth([&] { Register(Mode::kLevel); },
                [&] {
                  return selector_
                      ->Wait(absl::MakeSpan(room), absl::Milliseconds(1))
                      .status();
                },
                [&] { ExpectRegistered(Mode::kLevel); });
}

// A trigger is a change without an action. Where it is refused, the next `Wake`
// tries again.
TEST_P(RefusalsTest, K4WakeThatIsRefused) {
  for (const bool is_call : {false, true}) {
    KqueueFaults faults;
    if (is_call) {
      faults.refused_call.error = ENOMEM;
    } else {
      faults.failing_change = {1, EVFILT_USER, 0, ENOMEM};
    }
    const ScopedKqueueFaults scope(faults);
    ASSERT_THAT(selector_->Wake(), HasCode(Code::kInternal));
    EXPECT_EQ(faults.failing_change.times, 0);
    const int before = KqueueCalls();
    EXPECT_THAT(selector_->Wake(), IsOk());
    EXPECT_EQ(KqueueCalls() - before, 1) << "none is pending";
    EXPECT_THAT(WaitFor(kForSure), IsEmpty());
  }
  EXPECT_EQ(Workout(*selector_), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
