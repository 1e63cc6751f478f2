// R1 to R6 and R8 of the contract: what is registered, under which name.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/random/random.h"
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
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kAlreadyExists = absl::StatusCode::kAlreadyExists;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

class RegistrationContract : public ContractTest {
 protected:
  // Makes `pair_.a` readable, for certain.
  void MakeReadable() {
    SendAll(pair_.b.handle(), "x");
    ASSERT_TRUE(AwaitReadable(pair_.a.handle(), kForSure));
  }
  Handle handle() const { return pair_.a.handle(); }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(RegistrationContract);

// The number of a socket that was closed.
Handle ClosedHandle() {
  SocketPair pair = MakeStreamPair();
  return pair.a.handle();
}

TEST_P(RegistrationContract, R1SecondAddFailsAndTheFirstStands) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  const absl::Status again =
      selector().Add(handle(), Token(2), Interest::kWritable, Mode::kLevel);
  EXPECT_THAT(again, HasCode(kAlreadyExists));
  EXPECT_THAT(std::string(again.message()), HasSubstr("Modify"));
  EXPECT_THAT(Poll(), IsEmpty());  // A writable one would be reported.
  MakeReadable();
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_P(RegistrationContract, R2ModifyAndRemoveNeedARegistration) {
  EXPECT_THAT(
      selector().Modify(handle(), Token(1), Interest::kReadable, Mode::kLevel),
      HasCode(kNotFound));
  EXPECT_THAT(selector().Remove(handle()), HasCode(kNotFound));
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  ASSERT_THAT(selector().Remove(handle()), IsOk());
  EXPECT_THAT(
      selector().Modify(handle(), Token(1), Interest::kReadable, Mode::kLevel),
      HasCode(kNotFound));
  EXPECT_THAT(selector().Remove(handle()), HasCode(kNotFound));
  MakeReadable();
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(RegistrationContract, R2TheMessageNamesTheHandle) {
  const absl::Status status = selector().Remove(handle());
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(std::to_string(handle())));
}

TEST_P(RegistrationContract, R3AHandleThatIsNotOpen) {
  for (const Handle closed : {ClosedHandle(), kInvalidHandle}) {
    SCOPED_TRACE(closed);
    EXPECT_THAT(selector().Add(closed, Token(1), Interest::kReadable),
                HasCode(kInvalidArgument));
    EXPECT_THAT(
        selector().Modify(closed, Token(1), Interest::kReadable, Mode::kLevel),
        HasCode(kInvalidArgument));
    EXPECT_THAT(selector().Remove(closed), HasCode(kInvalidArgument));
  }
}

TEST_P(RegistrationContract, R3BitsThatNameNothing) {
  const Interest interest = Interest::kReadable | Interest::FromBits(1u << 20);
  const Mode mode = Mode::kLevel | Mode::FromBits(1u << 3);
  for (const absl::Status& status :
       {selector().Add(handle(), Token(1), interest),
        selector().Add(handle(), Token(1), Interest::kReadable, mode)}) {
    EXPECT_THAT(status, HasCode(kInvalidArgument));
    EXPECT_THAT(std::string(status.message()), HasSubstr("0x"));
  }
  EXPECT_THAT(selector().Remove(handle()), HasCode(kNotFound));
}

TEST_P(RegistrationContract, R4ModifyReplacesTheTokenOfAPendingEvent) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    SCOPED_TRACE(mode);
    ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable, mode),
                IsOk());
    MakeReadable();
    ASSERT_THAT(
        selector().Modify(handle(), Token(2), Interest::kReadable, mode),
        IsOk());
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(2, Readiness::kReadable)));
    ASSERT_THAT(selector().Remove(handle()), IsOk());
    Drain(handle());
  }
}

TEST_P(RegistrationContract, R4ModifyGivesUpTheOldInterestOfAPendingEvent) {
  ASSERT_THAT(selector().Add(handle(), Token(1),
                             Interest::kReadable | Interest::kWritable),
              IsOk());
  MakeReadable();
  ASSERT_THAT(
      selector().Modify(handle(), Token(1), Interest::kWritable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
  ASSERT_THAT(
      selector().Modify(handle(), Token(1), Interest::kReadable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  ASSERT_THAT(
      selector().Modify(handle(), Token(1), Interest::kNone, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
}

TEST_P(RegistrationContract, R4ModifyReplacesTheMode) {
  ASSERT_THAT(
      selector().Add(handle(), Token(1), Interest::kReadable, Mode::kOneshot),
      IsOk());
  MakeReadable();
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_THAT(
      selector().Modify(handle(), Token(1), Interest::kReadable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  ASSERT_THAT(selector().Modify(handle(), Token(1), Interest::kReadable,
                                Mode::kOneshot),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(RegistrationContract, R4AFailedModifyChangesNothing) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  EXPECT_THAT(selector().Modify(handle(), Token(2),
                                Interest::FromBits(1u << 20), Mode::kLevel),
              Not(IsOk()));
  MakeReadable();
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_P(RegistrationContract, R5NothingIsReportedAfterRemove) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    SCOPED_TRACE(mode);
    ASSERT_THAT(selector().Add(handle(), Token(1),
                               Interest::kReadable | Interest::kWritable, mode),
                IsOk());
    MakeReadable();
    ASSERT_THAT(selector().Remove(handle()), IsOk());
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  }
}

TEST_P(RegistrationContract, R5AReusedNumberIsAnotherRegistration) {
  // Closing gives the number back, and the next socket gets it (POSIX: the
  // lowest that is free; where a system does otherwise, some round does).
  std::set<Handle> seen;
  bool was_reused = false;
  for (std::uint64_t round = 0; round < 64; ++round) {
    SocketPair pair = MakeStreamPair();
    was_reused = !seen.insert(pair.a.handle()).second || was_reused;
    ASSERT_THAT(Poll(), IsEmpty()) << "an event of an earlier round";
    SendAll(pair.b.handle(), "x");
    ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
    ASSERT_THAT(Poll(), IsEmpty()) << "the number counts as registered";
    ASSERT_THAT(
        selector().Add(pair.a.handle(), Token(round), Interest::kReadable),
        IsOk());
    if (round % 2 == 0) {  // Once with an event fetched, once without.
      ASSERT_THAT(WaitFor(kForSure),
                  ElementsAre(IsEvent(round, Readiness::kReadable)));
    }
    ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
  }
  EXPECT_TRUE(was_reused);
}

TEST_P(RegistrationContract, R6AParkedHandleReportsNoData) {
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kNone), IsOk());
  MakeReadable();
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_THAT(selector().Add(handle(), Token(2), Interest::kReadable),
              HasCode(kAlreadyExists));
  ASSERT_THAT(
      selector().Modify(handle(), Token(3), Interest::kReadable, Mode::kLevel),
      IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(3, Readiness::kReadable)));
}

TEST_P(RegistrationContract, R6AParkedHandleReportsHangupOnce) {
  if (!selector().capabilities().hangup_without_interest) {
    GTEST_SKIP() << "unsupported by capabilities: hang-up without interest";
  }
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot,
                          Mode::kEdge | Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    SCOPED_TRACE(mode);
    SocketPair pair = MakeStreamPair();
    ASSERT_THAT(
        selector().Add(pair.a.handle(), Token(1), Interest::kNone, mode),
        IsOk());
    EXPECT_THAT(Poll(), IsEmpty());
    HangUp(std::move(pair.b));
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEventWith(1, Readiness::kHangup)));
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_P(RegistrationContract, R6ParkingAHandleWhosePeerIsGoneStopsTheSpin) {
  if (!selector().capabilities().hangup_without_interest) {
    GTEST_SKIP() << "unsupported by capabilities: hang-up without interest";
  }
  ASSERT_THAT(selector().Add(handle(), Token(1), Interest::kReadable), IsOk());
  HangUp(std::move(pair_.b));
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(1, Readiness::kHangup)));
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(1, Readiness::kHangup)));
  ASSERT_THAT(
      selector().Modify(handle(), Token(2), Interest::kNone, Mode::kLevel),
      IsOk());
  // Modify arms anew: it may be said once more, but then there is silence.
  for (const Event& event : Poll()) EXPECT_THAT(event, HasToken(2));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
}

TEST_P(RegistrationContract, R8TokensComeBackAsTheyWereGiven) {
  absl::BitGen random;
  std::vector<std::uint64_t> values = {
      0,
      1,
      0xffffffff,
      std::uint64_t{1} << 32,
      std::uint64_t{1} << 63,
      std::numeric_limits<std::uint64_t>::max()};
  while (values.size() < 1000) {
    values.push_back(absl::Uniform<std::uint64_t>(random));
  }
  ASSERT_THAT(selector().Add(handle(), Token(7), Interest::kWritable), IsOk());
  for (const std::uint64_t value : values) {
    SCOPED_TRACE(value);
    ASSERT_THAT(selector().Modify(handle(), Token(value), Interest::kWritable,
                                  Mode::kLevel),
                IsOk());
    ASSERT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(value, Readiness::kWritable)));
  }
}

TEST_P(RegistrationContract, R8ManyHandlesMayShareAToken) {
  SocketPair other = MakeStreamPair();
  ASSERT_THAT(selector().Add(handle(), Token(5), Interest::kWritable), IsOk());
  ASSERT_THAT(selector().Add(other.a.handle(), Token(5), Interest::kWritable),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(5), HasToken(5)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
