// SelectorOptions::single_waiter, in place of R9 and W6: which thread may do
// what.

#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kFailedPrecondition = absl::StatusCode::kFailedPrecondition;

std::vector<Backend> SingleWaiterBackends() {
  std::vector<Backend> backends;
  for (const Backend& backend : AllBackendsUnderTest()) {
    if (backend.single_waiter) backends.push_back(backend);
  }
  return backends;
}

class SingleWaiterContract : public ContractTest {
 protected:
  template <typename Work>
  static void InAnotherThread(const Work& work) {
    std::thread(work).join();
  }

  absl::Status WaitStatus() {
    Event room[2];
    return selector().Wait(absl::MakeSpan(room), absl::ZeroDuration()).status();
  }

  // What the calling thread gets for each call that belongs to the owner.
  std::vector<absl::Status> OwnersCalls() {
    const Handle handle = pair_.a.handle();
    return {
        selector().Add(other_.a.handle(), Token(9), Interest::kWritable),
        selector().Modify(handle, Token(9), Interest::kWritable, Mode::kLevel),
        selector().Remove(handle), WaitStatus()};
  }

  void ExpectUnchanged() {
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(pair_.b.handle(), "x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
    EXPECT_THAT(selector().Modify(other_.a.handle(), Token(9), Interest::kNone,
                                  Mode::kLevel),
                HasCode(absl::StatusCode::kNotFound));
  }

  void Watch() {
    ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
                IsOk());
  }

  // Registers `pair_`, by calls of several threads, one after another.
  void AnyThreadSetsUp() {
    InAnotherThread([this] {
      ASSERT_THAT(
          selector().Add(other_.a.handle(), Token(2), Interest::kWritable),
          IsOk());
      ASSERT_THAT(selector().Modify(other_.a.handle(), Token(3),
                                    Interest::kWritable, Mode::kLevel),
                  IsOk());
    });
    InAnotherThread([this] {
      ASSERT_THAT(selector().Remove(other_.a.handle()), IsOk());
      Watch();
    });
  }

  SocketPair pair_ = MakeStreamPair();
  SocketPair other_ = MakeStreamPair();
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SingleWaiterContract);
INSTANTIATE_TEST_SUITE_P(Backends, SingleWaiterContract,
                         ::testing::ValuesIn(SingleWaiterBackends()),
                         ::testing::PrintToStringParamName());

TEST_P(SingleWaiterContract, R9W6OtherThreadsAreRefusedAndChangeNothing) {
  RecordProperty("outcome", "refused");  // For //tests/clause_table.
  Watch();
  EXPECT_THAT(Poll(), IsEmpty());
  InAnotherThread([this] {
    EXPECT_THAT(OwnersCalls(), Each(HasCode(kFailedPrecondition)));
  });
  ExpectUnchanged();
}

TEST_P(SingleWaiterContract, TheMessageSaysWhatToDo) {
  Poll();
  InAnotherThread([this] {
    for (const absl::Status& status : OwnersCalls()) {
      EXPECT_THAT(std::string(status.message()), HasSubstr("single_waiter"));
      EXPECT_THAT(std::string(status.message()), HasSubstr("Wake"));
    }
  });
}

TEST_P(SingleWaiterContract, W6ASecondWaiterIsRefusedWhileTheFirstWaits) {
  RecordProperty("outcome", "refused");
  Watch();
  WaitingThread waiter(selector());
  EXPECT_THAT(OwnersCalls(), Each(HasCode(kFailedPrecondition)));
  EXPECT_FALSE(waiter.has_returned());
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_P(SingleWaiterContract, AnyThreadMaySetUpBeforeTheFirstWait) {
  AnyThreadSetsUp();
  ExpectUnchanged();
}

TEST_P(SingleWaiterContract, AWaitThatFailsForItsSpanDoesNotDecide) {
  InAnotherThread([this] {
    EXPECT_THAT(selector().Wait({}, absl::ZeroDuration()).status(),
                HasCode(absl::StatusCode::kInvalidArgument));
  });
  EXPECT_THAT(WaitStatus(), IsOk());
}

// Also where the system gives the new thread the identity of the old one.
TEST_P(SingleWaiterContract, ThereIsNoNewOwnerWhenTheFirstHasEnded) {
  InAnotherThread([this] { EXPECT_THAT(WaitStatus(), IsOk()); });
  for (int i = 0; i < 20; ++i) {
    InAnotherThread([this] {
      EXPECT_THAT(OwnersCalls(), Each(HasCode(kFailedPrecondition)));
    });
  }
}

TEST_P(SingleWaiterContract, WakeAndCloseAreFreeForAll) {
  Watch();
  EXPECT_THAT(Poll(), IsEmpty());
  InAnotherThread([this] {
    EXPECT_THAT(selector().Wake(), IsOk());
    EXPECT_FALSE(selector().name().empty());
    EXPECT_TRUE(Supports(Interest::kReadable));
  });
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  InAnotherThread([this] {
    selector().Close();
    EXPECT_THAT(OwnersCalls(), Each(HasCode(absl::StatusCode::kCancelled)));
  });
  EXPECT_THAT(OwnersCalls(), Each(HasCode(absl::StatusCode::kCancelled)));
}

TEST_P(SingleWaiterContract, S6HandedOverItBelongsToTheNextThatWaits) {
  Watch();
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_THAT(selector().HandOver(), IsOk());
  InAnotherThread([this] {
    ExpectUnchanged();
    EXPECT_THAT(selector().Remove(pair_.a.handle()), IsOk());
  });
  EXPECT_THAT(OwnersCalls(), Each(HasCode(kFailedPrecondition)));
  EXPECT_THAT(selector().HandOver(), HasCode(kFailedPrecondition));
}

// The destructors of a program's objects run in its main thread.
TEST_P(SingleWaiterContract, S6HandedOverItBelongsToTheNextThatChanges) {
  InAnotherThread([this] {
    Watch();
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_THAT(selector().HandOver(), IsOk());
  });
  EXPECT_THAT(selector().Remove(pair_.a.handle()), IsOk());
  InAnotherThread([this] {
    EXPECT_THAT(OwnersCalls(), Each(HasCode(kFailedPrecondition)));
  });
  EXPECT_THAT(WaitStatus(), IsOk());
}

TEST_P(SingleWaiterContract, S6TheOldOwnerMayTakeItBack) {
  Watch();
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_THAT(selector().HandOver(), IsOk());
  ASSERT_THAT(selector().HandOver(), IsOk());  // Nothing is left to give up.
  ExpectUnchanged();
  InAnotherThread([this] {
    EXPECT_THAT(OwnersCalls(), Each(HasCode(kFailedPrecondition)));
  });
}

TEST_P(SingleWaiterContract, S6OnlyTheOwnerHandsOver) {
  Watch();
  EXPECT_THAT(Poll(), IsEmpty());
  InAnotherThread([this] {
    EXPECT_THAT(selector().HandOver(), HasCode(kFailedPrecondition));
    EXPECT_THAT(OwnersCalls(), Each(HasCode(kFailedPrecondition)));
  });
  ExpectUnchanged();
}

TEST_P(SingleWaiterContract, S6BeforeTheFirstWaitThereIsNothingToHandOver) {
  InAnotherThread([this] { EXPECT_THAT(selector().HandOver(), IsOk()); });
  AnyThreadSetsUp();
  ExpectUnchanged();
}

// What the old owner left to be told to the kernel is told by the new one.
TEST_P(SingleWaiterContract, S6HandedOverWithChangesThatWait) {
  Watch();
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_THAT(selector().Modify(pair_.a.handle(), Token(1), Interest::kWritable,
                                Mode::kLevel),
              IsOk());
  ASSERT_THAT(selector().HandOver(), IsOk());
  InAnotherThread([this] {
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kWritable)));
  });
}

// Whoever asks with several mistakes is told of the first in the order of
// internal::Admission, by every backend.
TEST_P(SingleWaiterContract, AnotherThreadIsToldSoBeforeItsOtherMistakes) {
  Watch();
  EXPECT_THAT(Poll(), IsEmpty());
  const Interest nonsense = Interest::FromBits(1u << 20);
  InAnotherThread([this, nonsense] {
    EXPECT_THAT(selector().Wait({}, absl::ZeroDuration()).status(),
                HasCode(kFailedPrecondition));
    EXPECT_THAT(selector().Add(kInvalidHandle, Token(9), nonsense),
                HasCode(kFailedPrecondition));
    EXPECT_THAT(
        selector().Modify(kInvalidHandle, Token(9), nonsense, Mode::kLevel),
        HasCode(kFailedPrecondition));
    EXPECT_THAT(selector().Remove(kInvalidHandle),
                HasCode(kFailedPrecondition));
  });
  selector().Close();
  InAnotherThread([this, nonsense] {
    EXPECT_THAT(selector().Wait({}, absl::ZeroDuration()).status(),
                HasCode(absl::StatusCode::kCancelled));
    EXPECT_THAT(selector().Add(kInvalidHandle, Token(9), nonsense),
                HasCode(absl::StatusCode::kCancelled));
    EXPECT_THAT(selector().HandOver(), HasCode(absl::StatusCode::kCancelled));
  });
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
