// R5, S2, P2 and P5 of the contract, between processes: an open object that
// lives on in another one, and a peer that is killed.

#include <signal.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/faults/workout.h"
#include "tests/processes/pass_descriptor_posix.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class PeersContract : public ContractTest {
 protected:
  // A child that is passed a descriptor and holds it until the parent closes
  // its end of the channel. The parent goes on when the child has it.
  ChildProcess StartHolder(Handle passed) {
    ChildProcess child = ChildProcess::Fork([this]() -> std::string {
      channel_.a.Close();
      const Socket held = ReceiveDescriptor(channel_.b.handle());
      SendAll(channel_.b.handle(), "!");
      return AwaitReadable(channel_.b.handle(), kForSure) ? "" : "timeout";
    });
    PassDescriptor(channel_.a.handle(), passed);
    EXPECT_TRUE(AwaitReadable(channel_.a.handle(), kForSure));
    return child;
  }
  void EndHolder(ChildProcess child) {
    channel_.b.Close();
    channel_.a.Close();
    EXPECT_EQ(child.Wait(), kExitedWell);
  }

  SocketPair channel_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(PeersContract);

// ---- Passed to another process (SCM_RIGHTS)

TEST_P(PeersContract, R5WhatAnotherProcessHoldsIsNotReportedAfterRemove) {
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  ChildProcess holder = StartHolder(pair.a.handle());
  ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
  pair.a.Close();
  SendAll(pair.b.handle(), "x");  // No error: the holder could read it.
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EndHolder(std::move(holder));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_EQ(Workout(selector()), "");
}

// Closed here without Remove, and alive there: it may be reported under its old
// token until the other process ends. Everything else goes on, with its number.
TEST_P(PeersContract, S2WhatAnotherProcessHoldsDisturbsNoOther) {
  SocketPair pair = MakeStreamPair();
  SocketPair fresh = MakeStreamPair();
  const Handle number = pair.a.handle();
  ASSERT_THAT(selector().Add(number, Token(1), Interest::kReadable), IsOk());
  ChildProcess holder = StartHolder(number);
  SendAll(pair.b.handle(), "x");
  DuplicateOnto(fresh.a.handle(), number);
  ASSERT_THAT(selector().Add(number, Token(2), Interest::kReadable), IsOk());
  EXPECT_THAT(Poll(), Not(Contains(HasToken(2))));
  SendAll(fresh.b.handle(), "y");
  std::vector<Event> seen;
  for (int i = 0; i < 3; ++i) {  // Room for one: each has its turn.
    for (const Event& event : WaitFor(kForSure, 1)) seen.push_back(event);
  }
  EXPECT_THAT(seen, Contains(IsEvent(2, Readiness::kReadable)));
  EXPECT_EQ(Drain(number), "y");
  EndHolder(std::move(holder));
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  ASSERT_THAT(selector().Remove(number), IsOk());
  EXPECT_EQ(Workout(selector()), "");
}

// ---- Killed

// The process that is killed watches its ends with a selector of its own.
TEST_P(PeersContract, P5AKilledPeerHangsUp) {
  Pipe to_parent = MakePipe();
  Pipe to_child = MakePipe();
  SocketPair pair = MakeStreamPair();
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    to_parent.read_end.Close();
    to_child.write_end.Close();
    pair.a.Close();
    RecreateSelector();
    for (const Handle handle : {to_child.read_end.handle(), pair.b.handle()}) {
      if (!selector().Add(handle, Token(9), Interest::kReadable).ok()) {
        return "Add failed";
      }
    }
    SendAll(channel_.b.handle(), "!");
    Event events[4];
    return selector()
        .Wait(absl::MakeSpan(events), absl::InfiniteDuration())
        .status()
        .ToString();
  });
  to_parent.write_end.Close();
  to_child.read_end.Close();
  pair.b.Close();
  ASSERT_TRUE(AwaitReadable(channel_.a.handle(), kForSure));
  ASSERT_THAT(selector().Add(to_parent.read_end.handle(), Token(1),
                             Interest::kReadable),
              IsOk());
  ASSERT_THAT(
      selector().Add(to_child.write_end.handle(), Token(2), Interest::kNone),
      IsOk());
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(3), Interest::kReadable),
              IsOk());
  EXPECT_THAT(Poll(), IsEmpty());

  child.Kill(SIGKILL);
  EXPECT_EQ(child.Wait(), (ProcessEnd{0, SIGKILL}));

  std::vector<Event> events;
  while (events.size() < 3 && !HasFailure()) {
    for (const Event& event : WaitFor(kForSure)) {
      events.push_back(event);
      // Once is enough.
      EXPECT_THAT(selector().Remove(
                      event.token == Token(1)   ? to_parent.read_end.handle()
                      : event.token == Token(2) ? to_child.write_end.handle()
                                                : pair.a.handle()),
                  IsOk());
    }
  }
  EXPECT_THAT(events, Contains(IsEventWith(1, Readiness::kHangup)));
  EXPECT_THAT(events, Contains(HasToken(2)));  // kError or kHangup
  EXPECT_THAT(events, Contains(IsEventWith(3, Readiness::kHangup)));
  for (const Event& event : events) {
    EXPECT_TRUE(event.readiness.hangup() || event.readiness.error()) << event;
  }
  EXPECT_EQ(Workout(selector()), "");
}

// What the killed process still had to say is read first.
TEST_P(PeersContract, P5WhatAKilledPeerWroteIsNotLost) {
  Pipe pipe = MakePipe();
  ASSERT_THAT(
      selector().Add(pipe.read_end.handle(), Token(1), Interest::kReadable),
      IsOk());
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    WriteBytes(pipe.write_end.handle(), "last words");
    raise(SIGKILL);
    return "alive";
  });
  pipe.write_end.Close();
  EXPECT_EQ(child.Wait(), (ProcessEnd{0, SIGKILL}));
  EXPECT_THAT(
      WaitFor(kForSure),
      ElementsAre(IsEvent(1, Readiness::kReadable | Readiness::kHangup)));
  EXPECT_EQ(Drain(pipe.read_end.handle()), "last words");
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(1, Readiness::kHangup)));
  ASSERT_THAT(selector().Remove(pipe.read_end.handle()), IsOk());
  EXPECT_EQ(Workout(selector()), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
