// O1 to O6 of the contract: objects that threads can wait for, beside sockets.

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "backends/iocp/iocp_selector.h"
#include "backends/iocp/unique_handle.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/iocp/process_handles.h"
#include "tests/support/socket.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using iocp::UniqueHandle;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr BOOL kManualReset = TRUE;
constexpr BOOL kAutoReset = FALSE;

UniqueHandle NewEvent(BOOL reset) {
  return UniqueHandle(CreateEventA(nullptr, reset, FALSE, nullptr));
}

class WaitableHandlesTest : public ContractTest {
 protected:
  IocpSelector& iocp() { return *IocpSelector::From(selector()); }
  void Add(const UniqueHandle& object, std::uint64_t token,
           Mode mode = Mode::kLevel) {
    EXPECT_THAT(iocp().AddWaitable(object.get(), Token(token), mode), IsOk());
  }
};
EVENT_INSTANTIATE_CONTRACT(WaitableHandlesTest);

TEST_P(WaitableHandlesTest, O1LevelWhileTheStateHolds) {
  const UniqueHandle event = NewEvent(kManualReset);
  Add(event, 1);
  EXPECT_THAT(Poll(), IsEmpty());
  SetEvent(event.get());
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(IsEvent(1, Readiness::kReadable)));
  }
  ResetEvent(event.get());
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  SetEvent(event.get());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
}

TEST_P(WaitableHandlesTest, O1AWaitThatIsBlockedReturns) {
  const UniqueHandle event = NewEvent(kManualReset);
  Add(event, 1);
  {
    WaitingThread waiter(selector());
    SetEvent(event.get());
    EXPECT_THAT(waiter.events(), ElementsAre(HasToken(1)));
  }
}

TEST_P(WaitableHandlesTest, O1OneshotUntilModify) {
  const UniqueHandle event = NewEvent(kManualReset);
  SetEvent(event.get());
  Add(event, 1, Mode::kOneshot);
  EXPECT_THAT(Poll(), ElementsAre(HasToken(1)));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_THAT(iocp().ModifyWaitable(event.get(), Token(2), Mode::kOneshot),
              IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(2)));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(iocp().ModifyWaitable(event.get(), Token(3), Mode::kLevel),
              IsOk());
  EXPECT_THAT(Poll(), ElementsAre(HasToken(3)));
  EXPECT_THAT(Poll(), ElementsAre(HasToken(3)));
}

TEST_P(WaitableHandlesTest, O2EachEventIsOneAcquisition) {
  const UniqueHandle automatic = NewEvent(kAutoReset);
  const UniqueHandle semaphore(CreateSemaphoreA(nullptr, 0, 100, nullptr));
  Add(automatic, 1);
  Add(semaphore, 2);
  EXPECT_THAT(Poll(), IsEmpty());
  SetEvent(automatic.get());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  ReleaseSemaphore(semaphore.get(), 3, nullptr);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(2)));
  }
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_EQ(WaitForSingleObject(semaphore.get(), 0), DWORD{WAIT_TIMEOUT});
}

// What was taken while nobody waited is still reported.
TEST_P(WaitableHandlesTest, O2AnAcquisitionIsNeverLost) {
  const UniqueHandle semaphore(CreateSemaphoreA(nullptr, 0, 1000, nullptr));
  Add(semaphore, 1);
  int taken = 0;
  for (int i = 0; i < Repetitions(200); ++i) {
    EXPECT_THAT(Poll(), IsEmpty());  // The wait has begun.
    ReleaseSemaphore(semaphore.get(), 2, nullptr);
    std::this_thread::yield();
    for (int j = 0; j < 2; ++j) {
      EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
      ++taken;
    }
  }
  EXPECT_EQ(taken, 2 * Repetitions(200));
}

TEST_P(WaitableHandlesTest, O3ProcessesThreadsAndTimers) {
  STARTUPINFOA startup = {};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION process = {};
  char command[] = "cmd.exe /c exit 3";
  ASSERT_NE(
      CreateProcessA(nullptr, command, nullptr, nullptr, FALSE,
                     CREATE_NO_WINDOW, nullptr, nullptr, &startup, &process),
      0);
  const UniqueHandle owner(process.hProcess), main_thread(process.hThread);
  Add(owner, 1, Mode::kOneshot);

  const UniqueHandle timer(CreateWaitableTimerA(nullptr, TRUE, nullptr));
  LARGE_INTEGER due = {};
  due.QuadPart = -10'000;  // A millisecond from now.
  SetWaitableTimer(timer.get(), &due, 0, nullptr, nullptr, FALSE);
  Add(timer, 2, Mode::kOneshot);

  const UniqueHandle thread(CreateThread(
      nullptr, 0, [](void*) -> DWORD { return 0; }, nullptr, 0, nullptr));
  Add(thread, 3, Mode::kOneshot);

  std::set<std::uint64_t> tokens;
  while (tokens.size() < 3) {
    const std::vector<Event> events = WaitFor(kForSure);
    ASSERT_FALSE(events.empty());
    for (const Event& event : events) {
      EXPECT_EQ(event.readiness, Readiness::kReadable);
      EXPECT_TRUE(tokens.insert(event.token.value()).second);
    }
  }
  DWORD code = 0;
  GetExitCodeProcess(owner.get(), &code);
  EXPECT_EQ(code, 3u);
}

TEST_P(WaitableHandlesTest, O3MoreThanSixtyFourBesideSockets) {
  constexpr std::uint64_t kObjects = 200;
  std::vector<UniqueHandle> objects;
  for (std::uint64_t i = 0; i < kObjects; ++i) {
    objects.push_back(NewEvent(kAutoReset));
    Add(objects.back(), i);
  }
  const SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(kObjects),
                             Interest::kReadable, Mode::kOneshot),
              IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  SendAll(pair.b.handle(), "hello");
  for (const UniqueHandle& each : objects) SetEvent(each.get());
  std::set<std::uint64_t> tokens;
  while (tokens.size() < kObjects + 1) {
    const std::vector<Event> events = WaitFor(kForSure, 16);
    ASSERT_FALSE(events.empty());
    for (const Event& event : events) {
      EXPECT_TRUE(tokens.insert(event.token.value()).second);
    }
  }
  EXPECT_THAT(Poll(), IsEmpty());
}

// W5: neither kind takes all the room.
TEST_P(WaitableHandlesTest, O3SocketsAndObjectsTakeTurns) {
  const SocketPair pair = MakeStreamPair();
  const UniqueHandle event = NewEvent(kManualReset);
  SetEvent(event.get());
  SendAll(pair.b.handle(), "hello");
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  Add(event, 2);
  std::array<int, 3> counts = {};
  for (int i = 0; i < 10; ++i) {
    for (const Event& each : WaitFor(kForSure, 1)) {
      ++counts[each.token.value()];
    }
  }
  EXPECT_GE(counts[1], 3);
  EXPECT_GE(counts[2], 3);
}

TEST_P(WaitableHandlesTest, O4AChangeTakesEffectWhileAThreadWaits) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("R9: changes in another thread");
  const UniqueHandle event = NewEvent(kManualReset);
  SetEvent(event.get());
  {
    WaitingThread waiter(selector());
    Add(event, 1);
    EXPECT_THAT(waiter.events(), ElementsAre(HasToken(1)));
  }
  ResetEvent(event.get());
  EXPECT_THAT(iocp().ModifyWaitable(event.get(), Token(2), Mode::kOneshot),
              IsOk());
  {
    WaitingThread waiter(selector());
    SetEvent(event.get());
    EXPECT_THAT(waiter.events(), ElementsAre(HasToken(2)));
  }
}

TEST_P(WaitableHandlesTest, O5AfterRemoveNothingIsReported) {
  const UniqueHandle event = NewEvent(kManualReset);
  // Never asked for; waited for; with a packet on its way.
  for (const int way : {0, 1, 2}) {
    Add(event, 1);
    if (way > 0) Poll();
    if (way > 1) {
      SetEvent(event.get());
      std::this_thread::yield();
    }
    EXPECT_THAT(iocp().RemoveWaitable(event.get()), IsOk());
    SetEvent(event.get());
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    ResetEvent(event.get());
  }
  EXPECT_THAT(iocp().RemoveWaitable(event.get()),
              HasCode(absl::StatusCode::kNotFound));
}

TEST_P(WaitableHandlesTest, O5NothingIsLeftBehind) {
  const UniqueHandle event = NewEvent(kManualReset);
  const auto round = [&] {
    Add(event, 1);
    Poll();
    SetEvent(event.get());
    EXPECT_THAT(iocp().RemoveWaitable(event.get()), IsOk());
    ResetEvent(event.get());
  };
  round();
  const unsigned long before = ProcessHandles();
  for (int i = 0; i < Repetitions(1000); ++i) round();
  EXPECT_LE(ProcessHandles(), before + 8);
  // The selector may go while objects are waited for and packets on their way.
  Add(event, 1);
  Poll();
  SetEvent(event.get());
  DestroySelector();
  RecreateSelector();
}

TEST_P(WaitableHandlesTest, O5AHandleThatIsClosedTooEarlyBreaksNothing) {
  UniqueHandle event = NewEvent(kManualReset);
  const HANDLE number = event.get();
  Add(event, 1);
  Poll();
  SetEvent(number);
  event = UniqueHandle();
  const UniqueHandle other = NewEvent(kManualReset);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
  EXPECT_THAT(iocp().RemoveWaitable(number), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(WaitableHandlesTest, O6WhatCannotBeWaitedForIsRefused) {
  const UniqueHandle event = NewEvent(kManualReset);
  Add(event, 1);
  EXPECT_THAT(iocp().AddWaitable(event.get(), Token(2)),
              HasCode(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(iocp().AddWaitable(event.get(), Token(2), Mode::kEdge),
              HasCode(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(iocp().ModifyWaitable(event.get(), Token(2), Mode::kExclusive),
              ::testing::Not(IsOk()));
  EXPECT_THAT(iocp().AddWaitable(nullptr, Token(2)),
              HasCode(absl::StatusCode::kInvalidArgument));

  const UniqueHandle mutex(CreateMutexA(nullptr, FALSE, nullptr));
  const absl::Status refused = iocp().AddWaitable(mutex.get(), Token(2));
  EXPECT_THAT(refused, HasCode(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("mutex"));
  EXPECT_THAT(iocp().ModifyWaitable(mutex.get(), Token(2), Mode::kLevel),
              HasCode(absl::StatusCode::kNotFound));

  HANDLE read_end = nullptr, write_end = nullptr;
  ASSERT_NE(CreatePipe(&read_end, &write_end, nullptr, 0), 0);
  const UniqueHandle reader(read_end), writer(write_end);
  EXPECT_THAT(iocp().AddWaitable(read_end, Token(2)),
              HasCode(absl::StatusCode::kUnimplemented));

  HANDLE without_right = nullptr;
  ASSERT_NE(
      DuplicateHandle(GetCurrentProcess(), event.get(), GetCurrentProcess(),
                      &without_right, EVENT_MODIFY_STATE, FALSE, 0),
      0);
  const UniqueHandle owner(without_right);
  const absl::Status right = iocp().AddWaitable(without_right, Token(2));
  EXPECT_THAT(right, HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(right.message()), HasSubstr("SYNCHRONIZE"));

  selector().Close();
  EXPECT_THAT(iocp().AddWaitable(event.get(), Token(2)),
              HasCode(absl::StatusCode::kCancelled));
  EXPECT_THAT(iocp().RemoveWaitable(event.get()),
              HasCode(absl::StatusCode::kCancelled));
}

TEST_P(WaitableHandlesTest, TheSelectorIsKnownAsWhatItIs) {
  EXPECT_EQ(IocpSelector::From(selector()), &selector());
  const std::unique_ptr<Selector> other = NewSelector();
  EXPECT_EQ(IocpSelector::From(*other), other.get());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
