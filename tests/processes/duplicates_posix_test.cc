// R5, R7 and S2 of the contract: open objects that outlive the handle that was
// registered, and numbers that are used again at once.

#include <cstddef>
#include <cstdint>
#include <string>
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
#include "tests/faults/workout.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kNotFound = absl::StatusCode::kNotFound;

class DuplicatesContract : public ContractTest {
 protected:
  // Waits until an event under `token` comes: events of registrations that no
  // call can name any more may come before.
  Event AwaitEvent(std::uint64_t token) {
    for (;;) {
      for (const Event& event : WaitFor(kForSure)) {
        if (event.token == Token(token)) return event;
      }
      if (HasFailure()) return {};
    }
  }

  // No event under `token` is there.
  void ExpectNoEvent(std::uint64_t token) {
    // Edge-triggered and level-triggered ones of others may be there.
    for (int i = 0; i < 3; ++i) {
      EXPECT_THAT(Poll(), Not(Contains(HasToken(token))));
    }
  }
};
EVENT_INSTANTIATE_CONTRACT(DuplicatesContract);

// ---- A duplicate outlives Remove

TEST_P(DuplicatesContract, R5ADuplicateThatOutlivesRemoveIsNotReported) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    Pipe pipe = MakePipe();
    const Socket duplicate = Duplicate(pipe.read_end.handle());
    ASSERT_THAT(selector().Add(pipe.read_end.handle(), Token(1),
                               Interest::kReadable, mode),
                IsOk());
    ASSERT_THAT(selector().Remove(pipe.read_end.handle()), IsOk());
    WriteBytes(pipe.write_end.handle(), "x");
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    pipe.read_end.Close();
    pipe.write_end.Close();  // Hang-up, too.
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    EXPECT_THAT(selector().Remove(duplicate.handle()), HasCode(kNotFound));
  }
  EXPECT_EQ(Workout(selector()), "");
}

// R7: of two registered duplicates, the one that is left is reported.
TEST_P(DuplicatesContract, R7RemoveTakesOneOfTwoDuplicates) {
  Pipe pipe = MakePipe();
  Socket duplicate = Duplicate(pipe.read_end.handle());
  ASSERT_THAT(
      selector().Add(pipe.read_end.handle(), Token(1), Interest::kReadable),
      IsOk());
  ASSERT_THAT(selector().Add(duplicate.handle(), Token(2), Interest::kReadable),
              IsOk());
  ASSERT_THAT(selector().Remove(pipe.read_end.handle()), IsOk());
  pipe.read_end.Close();
  WriteBytes(pipe.write_end.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(2, Readiness::kReadable)));
  Drain(duplicate.handle());
  ASSERT_THAT(selector().Remove(duplicate.handle()), IsOk());
  EXPECT_EQ(Workout(selector()), "");
}

// The open object lives on in another process.
TEST_P(DuplicatesContract, R5AForkedCopyThatOutlivesRemoveIsNotReported) {
  Pipe pipe = MakePipe();
  Pipe done = MakePipe();
  ASSERT_THAT(
      selector().Add(pipe.read_end.handle(), Token(1), Interest::kReadable),
      IsOk());
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    done.write_end.Close();
    return AwaitReadable(done.read_end.handle(), kForSure) ? "" : "timeout";
  });
  ASSERT_THAT(selector().Remove(pipe.read_end.handle()), IsOk());
  pipe.read_end.Close();
  WriteBytes(pipe.write_end.handle(), "x");  // The child can read it.
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  done.write_end.Close();
  EXPECT_EQ(child.Wait(), kExitedWell);
  EXPECT_EQ(Workout(selector()), "");
}

// ---- A handle is closed without Remove

// While a duplicate is open, the old registration may be reported still, under
// its old token only. All calls speak of the number's new object.
TEST_P(DuplicatesContract, S2ANumberReusedWhileADuplicateLivesIsTheNewObjects) {
  Pipe old_pipe = MakePipe();
  const Handle number = old_pipe.read_end.handle();
  ASSERT_THAT(selector().Add(number, Token(1), Interest::kReadable), IsOk());
  const Socket duplicate = Duplicate(number);
  WriteBytes(old_pipe.write_end.handle(), "old");
  Pipe new_pipe = MakePipe();
  DuplicateOnto(new_pipe.read_end.handle(), number);

  ASSERT_THAT(selector().Add(number, Token(2), Interest::kReadable), IsOk());
  ExpectNoEvent(2);
  WriteBytes(new_pipe.write_end.handle(), "new");
  EXPECT_EQ(AwaitEvent(2).readiness, Readiness::kReadable);

  ASSERT_THAT(
      selector().Modify(number, Token(3), Interest::kReadable, Mode::kLevel),
      IsOk());
  EXPECT_EQ(AwaitEvent(3).readiness, Readiness::kReadable);
  ExpectNoEvent(2);
  EXPECT_EQ(Drain(number), "new");
  ExpectNoEvent(3);
  WriteBytes(new_pipe.write_end.handle(), "x");
  EXPECT_EQ(AwaitEvent(3).readiness, Readiness::kReadable);

  ASSERT_THAT(selector().Remove(number), IsOk());
  ExpectNoEvent(3);
  EXPECT_THAT(selector().Remove(number), HasCode(kNotFound));
  EXPECT_THAT(
      selector().Modify(number, Token(4), Interest::kReadable, Mode::kLevel),
      HasCode(kNotFound));
}

// When the last duplicate is gone, so is the old registration.
TEST_P(DuplicatesContract, S2TheLastDuplicateTakesTheOldRegistrationAway) {
  for (const bool is_reused : {false, true}) {
    Pipe pipe = MakePipe();
    const Handle number = pipe.read_end.handle();
    ASSERT_THAT(selector().Add(number, Token(1), Interest::kReadable), IsOk());
    Socket duplicate = Duplicate(number);
    WriteBytes(pipe.write_end.handle(), "x");
    Pipe other = MakePipe();
    if (is_reused) {
      DuplicateOnto(other.read_end.handle(), number);
    } else {
      pipe.read_end.Close();
    }
    duplicate.Close();
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    EXPECT_EQ(Workout(selector()), "");
  }
}

// What a number may stand for.
struct Ends {
  Socket watched;
  Socket other;
};

Ends MakeEnds(int kind) {
  if (kind == 0) {
    Pipe pipe = MakePipe();
    return {std::move(pipe.read_end), std::move(pipe.write_end)};
  }
  SocketPair pair = kind == 1   ? MakeStreamPair()
                    : kind == 2 ? MakeTcpPair()
                                : MakeUdpPair();
  return {std::move(pair.a), std::move(pair.b)};
}

// Each object takes the number of the one before in the moment that it is
// closed, without a Remove and without a duplicate: only the new one is known.
TEST_P(DuplicatesContract, S2ANumberIsReusedAgainAndAgain) {
  constexpr int kKinds = 4;
  constexpr std::uint64_t kRounds = 200;
  // The number, and what is at its other end now.
  Ends current = MakeEnds(0);
  const Handle number = current.watched.handle();
  for (std::uint64_t round = 1; round <= kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    const bool with_event = round % 3 == 0;  // Pending when it is closed.
    EXPECT_THAT(selector().Remove(number), HasCode(kNotFound));
    ASSERT_THAT(selector().Add(number, Token(round), Interest::kReadable),
                IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
    if (round % kKinds == 1) {
      WriteBytes(current.other.handle(), "x");
    } else {
      SendAll(current.other.handle(), "x");
    }
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(round, Readiness::kReadable)));
    if (!with_event) Drain(number);
    Ends next = MakeEnds(static_cast<int>(round % kKinds));
    DuplicateOnto(next.watched.handle(), number);
    next.watched.Close();
    current.other = std::move(next.other);
  }
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(Workout(selector()), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
