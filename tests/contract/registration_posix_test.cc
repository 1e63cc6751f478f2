// R3, R5 and R7 of the contract, as far as they speak of descriptors.

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class RegistrationPosixContract : public ContractTest {};
EVENT_INSTANTIATE_CONTRACT(RegistrationPosixContract);

// A program that is started with `<file` must be able to tell that from a
// defect of its own.
TEST_P(RegistrationPosixContract, R3FilesAndDirectoriesAreNotPollable) {
  struct Kind {
    Socket handle;
    std::string name;
  };
  const Kind kinds[] = {{OpenRegularFile(), "a regular file"},
                        {OpenDirectory(), "a directory"}};
  for (const Kind& kind : kinds) {
    const Handle handle = kind.handle.handle();
    for (const absl::Status& status :
         {selector().Add(handle, Token(1), Interest::kReadable),
          selector().Modify(handle, Token(1), Interest::kReadable,
                            Mode::kLevel),
          selector().Remove(handle)}) {
      EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
      EXPECT_THAT(std::string(status.message()), HasSubstr("not pollable"));
      EXPECT_THAT(std::string(status.message()), HasSubstr(kind.name));
    }
  }
  EXPECT_THAT(Poll(), IsEmpty());
}

// What another thread's `Wait` looks at is free as soon as `Remove` has
// returned: nothing keeps it half open.
TEST_P(RegistrationPosixContract, R5WhatWasRemovedIsFreeWhenItIsClosed) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto bind_to = [&](Handle handle) {
    return bind(handle, reinterpret_cast<const sockaddr*>(&address),
                sizeof(address));
  };
  Socket first(socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(bind_to(first.handle()), 0);
  socklen_t size = sizeof(address);
  ASSERT_EQ(
      getsockname(first.handle(), reinterpret_cast<sockaddr*>(&address), &size),
      0);
  first.Close();
  // Another socket, so that the waiting thread finds nothing to return for.
  const SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(2), Interest::kReadable),
              IsOk());
  WaitingThread waiting(selector());
  // Also where an assertion fails: its destructor waits for the thread.
  const absl::Cleanup end = [this] { selector().Close(); };
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    Socket bound(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(bind_to(bound.handle()), 0) << "in round " << round;
    ASSERT_EQ(listen(bound.handle(), 1), 0);
    ASSERT_THAT(selector().Add(bound.handle(), Token(1), Interest::kReadable),
                IsOk());
    // So that the other thread looks at it in some of the rounds.
    if (round % 2 == 0) std::this_thread::yield();
    ASSERT_THAT(selector().Remove(bound.handle()), IsOk());
    bound.Close();
  }
  EXPECT_THAT(selector().Wake(), IsOk());
  EXPECT_THAT(waiting.status(), IsOk());
}

// poll(2) says that /dev/null is always ready; everybody else refuses it.
TEST_P(RegistrationPosixContract, R3ADeviceThatCannotBeWatchedIsNamed) {
  const Socket null(open("/dev/null", O_RDWR | O_CLOEXEC));
  ASSERT_GE(null.handle(), 0);
  const absl::Status status =
      selector().Add(null.handle(), Token(1), Interest::kReadable);
  if (status.ok()) return;
  EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(std::string(status.message()), HasSubstr("/dev/null"));
}

#if defined(O_PATH)
// It is open, so that it is no defect of the program's; but it is no more than
// a name.
TEST_P(RegistrationPosixContract, R3ADescriptorThatIsOnlyAPath) {
  const Socket path(open("/dev/null", O_PATH | O_CLOEXEC));
  ASSERT_GE(path.handle(), 0);
  const absl::Status status =
      selector().Add(path.handle(), Token(1), Interest::kReadable);
  EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(std::string(status.message()), HasSubstr("O_PATH"));
}
#endif

TEST_P(RegistrationPosixContract, R5ANumberReusedForAnotherKindOfObject) {
  SocketPair old = MakeStreamPair();
  ASSERT_THAT(selector().Add(old.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  SendAll(old.b.handle(), "x");
  ASSERT_THAT(selector().Remove(old.a.handle()), IsOk());
  Pipe pipe = MakePipe();
  WriteBytes(pipe.write_end.handle(), "x");
  DuplicateOnto(pipe.read_end.handle(), old.a.handle());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_THAT(selector().Modify(old.a.handle(), Token(2), Interest::kReadable,
                                Mode::kLevel),
              HasCode(absl::StatusCode::kNotFound));
  ASSERT_THAT(selector().Add(old.a.handle(), Token(3), Interest::kReadable),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(3, Readiness::kReadable)));
}

// A port that nobody has any more answers each datagram with an error.
TEST_P(RegistrationPosixContract, R6AParkedHandleReportsEachChange) {
  if (!selector().capabilities().hangup_without_interest) {
    GTEST_SKIP() << "unsupported by capabilities: hang-up without interest";
  }
  if (GetParam().splits_events) {
    RecordLimit("R6", "no error that does not end a direction");
    return;
  }
  SocketPair pair = MakeUdpPair();
  const Handle handle = pair.a.handle();
  ASSERT_THAT(selector().Add(handle, Token(1), Interest::kNone), IsOk());
  pair.b.Close();
  for (int i = 0; i < 3; ++i) {
    SendAll(handle, "x");
    EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kError)));
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    EXPECT_TRUE(IsConnectionRefused(TakeSocketError(handle)));
    if (!GetParam().keeps_numbers) continue;
    RecordLimit("R6", "once until `Modify`");
    ASSERT_THAT(
        selector().Modify(handle, Token(1), Interest::kNone, Mode::kLevel),
        IsOk());
  }
}

TEST_P(RegistrationPosixContract, R7DuplicatesAreTwoRegistrations) {
  SocketPair pair = MakeStreamPair();
  Socket duplicate = Duplicate(pair.a.handle());
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  ASSERT_THAT(selector().Add(duplicate.handle(), Token(2),
                             Interest::kReadable | Interest::kWritable),
              IsOk());
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
  EXPECT_THAT(WaitFor(kForSure),
              UnorderedElementsAre(
                  IsEvent(1, Readiness::kReadable),
                  IsEvent(2, Readiness::kReadable | Readiness::kWritable)));
  ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(2)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
