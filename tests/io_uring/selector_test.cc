// What is particular to the selector over io_uring: requests and their ends.

#include "event/selector.h"

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <set>
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
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/io_uring/fixture.h"
#include "tests/linux/system_calls.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// What must come, comes before this; only a lost event does not.
constexpr absl::Duration kForSure = absl::Seconds(120);
// What must not come would most likely come within this.
constexpr absl::Duration kAMoment = absl::Milliseconds(20);

using IoUringSelectorTest = IoUringTest;

std::string ReadAll(Handle handle) {
  char buffer[16];
  const ssize_t size = read(handle, buffer, sizeof(buffer));
  return size < 0 ? "nothing yet" : std::string(buffer, size);
}

Socket OpenEventfd() { return Socket(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void Signal(Handle handle) {
  const std::uint64_t one = 1;
  ASSERT_EQ(write(handle, &one, sizeof(one)), ssize_t{sizeof(one)});
}

// ---- Changes and the kernel

TEST_F(IoUringSelectorTest, ChangesGoWithTheWait) {
  std::vector<SocketPair> pairs;
  for (int i = 0; i < 10; ++i) pairs.push_back(MakeStreamPair());
  EXPECT_THAT(Poll(), IsEmpty());
  CountingSystemCalls counting;
  const ScopedSystemCalls scope(counting);
  for (const SocketPair& pair : pairs) {
    ASSERT_TRUE(
        selector()
            .Add(pair.a.handle(), Token(1), Interest::kWritable, Mode::kOneshot)
            .ok());
  }
  EXPECT_EQ(counting.total(), 0);
  EXPECT_EQ(Poll().size(), 10u);
  EXPECT_EQ(counting.waits, 1);
  EXPECT_EQ(counting.controls, 1);  // The ring is enabled.
  for (const SocketPair& pair : pairs) {
    ASSERT_TRUE(selector()
                    .Modify(pair.a.handle(), Token(1), Interest::kWritable,
                            Mode::kOneshot)
                    .ok());
  }
  EXPECT_EQ(Poll().size(), 10u);
  EXPECT_EQ(counting.total(), 3);
}

TEST_F(IoUringSelectorTest, AnAddAndItsRemoveBeforeAWaitTellTheKernelNothing) {
  SocketPair pair = MakeStreamPair();
  CountingSystemCalls counting;
  const ScopedSystemCalls scope(counting);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(
        selector()
            .Add(pair.a.handle(), Token(1), Interest::kWritable, Mode::kOneshot)
            .ok());
    ASSERT_TRUE(selector().Remove(pair.a.handle()).ok());
  }
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(counting.total(), 0);
}

TEST_F(IoUringSelectorTest, AnInterestThatIsTakenBackTellsTheKernelNothing) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  ASSERT_TRUE(selector()
                  .Add(handle, Token(1), Interest::kReadable, Mode::kOneshot)
                  .ok());
  EXPECT_THAT(Poll(), IsEmpty());
  CountingSystemCalls counting;
  {
    const ScopedSystemCalls scope(counting);
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(
          selector()
              .Modify(handle, Token(2), Interest::kWritable, Mode::kOneshot)
              .ok());
      ASSERT_TRUE(
          selector()
              .Modify(handle, Token(3), Interest::kReadable, Mode::kOneshot)
              .ok());
      EXPECT_THAT(Poll(), IsEmpty());
    }
    EXPECT_EQ(counting.total(), 0);
  }
  SendAll(pair.b.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(Event{Token(3), Readiness::kReadable}));
}

TEST_F(IoUringSelectorTest, ThousandsOfChangesFillTheQueueAgainAndAgain) {
  constexpr std::size_t kMany = 3000;
  std::vector<Socket> handles;
  for (std::size_t i = 0; i < kMany; ++i) {
    handles.push_back(OpenEventfd());
    Signal(handles.back().handle());
    ASSERT_TRUE(selector()
                    .Add(handles.back().handle(), Token(i), Interest::kReadable,
                         Mode::kOneshot)
                    .ok());
  }
  std::set<std::uint64_t> seen;
  // All that there is room for comes at once (W1).
  for (const Event& event : WaitFor(kForSure, kMany)) {
    EXPECT_TRUE(seen.insert(event.token.value()).second) << event;
  }
  EXPECT_EQ(seen.size(), kMany);
  EXPECT_THAT(Poll(kMany), IsEmpty());
}

TEST_F(IoUringSelectorTest, AsManyRegistrationsAsDescriptorsAreAllowed) {
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  constexpr std::size_t kMost = 100'000;
  std::vector<Socket> handles;
  while (handles.size() < kMost) {
    Socket handle = OpenEventfd();
    if (handle.handle() < 0) break;
    handles.push_back(std::move(handle));
  }
  handles.resize(handles.size() - 10);
  for (std::size_t i = 0; i < handles.size(); ++i) {
    ASSERT_TRUE(selector()
                    .Add(handles[i].handle(), Token(i), Interest::kReadable,
                         Mode::kOneshot)
                    .ok());
  }
  EXPECT_THAT(Poll(1000), IsEmpty());
  for (const Socket& handle : handles) Signal(handle.handle());
  std::vector<bool> seen(handles.size());
  std::size_t count = 0;
  while (count < handles.size()) {
    for (const Event& event : WaitFor(kForSure, 1000)) {
      ASSERT_FALSE(seen[event.token.value()]) << event;
      seen[event.token.value()] = true;
      ++count;
    }
  }
  EXPECT_THAT(Poll(1000), IsEmpty());
  for (const Socket& handle : handles) {
    ASSERT_TRUE(selector().Remove(handle.handle()).ok());
  }
}

// The kernel's queue has 4,096 places: `Remove` makes it finish all requests
// that are ready.
TEST_F(IoUringSelectorTest, CompletionsThatFindNoRoomAreNotLost) {
  constexpr std::size_t kMany = 5000;
  std::vector<Socket> handles;
  for (std::size_t i = 0; i < kMany; ++i) {
    handles.push_back(OpenEventfd());
    ASSERT_TRUE(selector()
                    .Add(handles.back().handle(), Token(i), Interest::kReadable,
                         Mode::kOneshot)
                    .ok());
  }
  EXPECT_THAT(Poll(kMany), IsEmpty());
  for (const Socket& handle : handles) Signal(handle.handle());
  ASSERT_TRUE(selector().Remove(handles[0].handle()).ok());
  std::set<std::uint64_t> seen;
  while (seen.size() < kMany - 1) {
    for (const Event& event : WaitFor(kForSure, 700)) {
      ASSERT_TRUE(seen.insert(event.token.value()).second) << event;
    }
  }
  EXPECT_EQ(seen.count(0), 0u);
  EXPECT_THAT(Poll(kMany), IsEmpty());
}

// A request that goes on ends there.
TEST_F(IoUringSelectorTest, AnEdgeGoesOnAfterCompletionsHaveOverflowed) {
  SocketPair edge = MakeStreamPair();
  ASSERT_TRUE(
      selector()
          .Add(edge.a.handle(), Token(0), Interest::kReadable, Mode::kEdge)
          .ok());
  EXPECT_THAT(Poll(), IsEmpty());
  constexpr std::size_t kMany = 5000;
  std::vector<Socket> handles;
  for (std::size_t i = 1; i <= kMany; ++i) {
    handles.push_back(OpenEventfd());
    ASSERT_TRUE(selector()
                    .Add(handles.back().handle(), Token(i), Interest::kReadable,
                         Mode::kOneshot)
                    .ok());
  }
  EXPECT_THAT(Poll(kMany), IsEmpty());
  for (const Socket& handle : handles) Signal(handle.handle());
  SendAll(edge.b.handle(), "x");
  ASSERT_TRUE(selector().Remove(handles[0].handle()).ok());
  std::set<std::uint64_t> seen;
  while (seen.size() < kMany) {
    for (const Event& event : WaitFor(kForSure, 700)) {
      if (event.token.value() == 0) Drain(edge.a.handle());
      seen.insert(event.token.value());
    }
  }
  SendAll(edge.b.handle(), "y");
  EXPECT_THAT(TokensOf(WaitFor(kForSure)), ElementsAre(0));
}

TEST_F(IoUringSelectorTest, AOneshotHandleThatBecomesEdgeHasItsOwnEvent) {
  std::vector<SocketPair> pairs;
  for (std::uint64_t i = 0; i < 4; ++i) {
    pairs.push_back(MakeStreamPair());
    ASSERT_TRUE(selector()
                    .Add(pairs[i].a.handle(), Token(i), Interest::kReadable,
                         Mode::kOneshot)
                    .ok());
    EXPECT_THAT(Poll(), IsEmpty());
  }
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < pairs.size(); ++i) {
      ASSERT_TRUE(selector()
                      .Modify(pairs[i].a.handle(), Token(i),
                              Interest::kWritable, Mode::kEdge)
                      .ok());
    }
    EXPECT_THAT(TokensOf(Poll()), UnorderedElementsAre(0, 1, 2, 3));
    for (std::uint64_t i = 0; i < pairs.size(); ++i) {
      ASSERT_TRUE(selector()
                      .Modify(pairs[i].a.handle(), Token(i),
                              Interest::kReadable, Mode::kOneshot)
                      .ok());
      EXPECT_THAT(Poll(), IsEmpty());
    }
  }
}

// ---- Requests end

TEST_F(IoUringSelectorTest, ThePeerSeesTheEndOfARemovedAndClosedHandle) {
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge}) {
    SocketPair pair = MakeStreamPair();
    ASSERT_TRUE(selector()
                    .Add(pair.a.handle(), Token(1), Interest::kReadable, mode)
                    .ok());
    EXPECT_THAT(Poll(), IsEmpty());
    ASSERT_TRUE(selector().Remove(pair.a.handle()).ok());
    pair.a.Close();
    EXPECT_EQ(ReadAll(pair.b.handle()), "") << mode;
  }
}

TEST_F(IoUringSelectorTest, ThePeerSeesTheEndOfOneThatMovedToTheSet) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  ASSERT_TRUE(
      selector().Add(handle, Token(1), Interest::kReadable, Mode::kEdge).ok());
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_TRUE(selector()
                  .Modify(handle, Token(1), Interest::kReadable, Mode::kLevel)
                  .ok());
  ASSERT_TRUE(selector().Remove(handle).ok());
  pair.a.Close();
  EXPECT_EQ(ReadAll(pair.b.handle()), "");
}

TEST_F(IoUringSelectorTest, ThePeerSeesTheEndWhenTheSelectorIsDestroyed) {
  SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(
      selector()
          .Add(pair.a.handle(), Token(1), Interest::kReadable, Mode::kEdge)
          .ok());
  EXPECT_THAT(Poll(), IsEmpty());
  pair.a.Close();
  EXPECT_EQ(ReadAll(pair.b.handle()), "nothing yet");
  DestroySelector();
  EXPECT_EQ(ReadAll(pair.b.handle()), "");
}

TEST_F(IoUringSelectorTest, WhatWasReadyBeforeAModifyIsNotReportedAfterIt) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  FillSendBuffer(handle);
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge}) {
    ASSERT_TRUE(
        selector().Add(handle, Token(1), Interest::kReadable, mode).ok());
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(pair.b.handle(), "x");
    ASSERT_TRUE(
        selector().Modify(handle, Token(2), Interest::kWritable, mode).ok());
    EXPECT_THAT(Poll(), IsEmpty());
    ASSERT_TRUE(
        selector().Modify(handle, Token(3), Interest::kReadable, mode).ok());
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(Event{Token(3), Readiness::kReadable}));
    ASSERT_TRUE(selector().Remove(handle).ok());
    Drain(handle);
  }
}

// A completion that is there already, of a registration that is gone.
TEST_F(IoUringSelectorTest, ALateCompletionIsNotOfTheNextRegistration) {
  SocketPair first = MakeStreamPair();
  SocketPair other = MakeStreamPair();
  for (const SocketPair* pair : {&first, &other}) {
    ASSERT_TRUE(selector()
                    .Add(pair->a.handle(), Token(1), Interest::kReadable,
                         Mode::kOneshot)
                    .ok());
  }
  EXPECT_THAT(Poll(), IsEmpty());
  SendAll(first.b.handle(), "x");
  SendAll(other.b.handle(), "x");
  // Ends the one request, and lets the kernel finish the other one.
  ASSERT_TRUE(selector().Remove(other.a.handle()).ok());
  ASSERT_TRUE(selector().Remove(first.a.handle()).ok());
  Drain(first.a.handle());
  ASSERT_TRUE(
      selector()
          .Add(first.a.handle(), Token(2), Interest::kReadable, Mode::kOneshot)
          .ok());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  SendAll(first.b.handle(), "y");
  EXPECT_THAT(TokensOf(WaitFor(kForSure)), ElementsAre(2));
}

TEST_F(IoUringSelectorTest, WhatASmallSpanLeavesOverIsAskedForAgain) {
  std::vector<SocketPair> pairs;
  for (std::uint64_t i = 0; i < 5; ++i) {
    pairs.push_back(MakeStreamPair());
    ASSERT_TRUE(selector()
                    .Add(pairs[i].a.handle(), Token(i), Interest::kReadable,
                         Mode::kOneshot)
                    .ok());
  }
  EXPECT_THAT(Poll(), IsEmpty());
  for (const SocketPair& pair : pairs) SendAll(pair.b.handle(), "x");
  EXPECT_EQ(Poll(1).size(), 1u);
  // Not ready any more, though the kernel has said so.
  for (const SocketPair& pair : pairs) Drain(pair.a.handle());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  for (const SocketPair& pair : pairs) SendAll(pair.b.handle(), "x");
  std::set<std::uint64_t> seen;
  while (seen.size() < 4) {
    for (const Event& event : WaitFor(kForSure, 2)) {
      EXPECT_TRUE(seen.insert(event.token.value()).second);
    }
  }
}

// The kernel adds EPOLLRDHUP to what it is asked for.
TEST_F(IoUringSelectorTest, AnEndThatWasNotAskedForKeepsNobodyBusy) {
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge}) {
    SocketPair pair = MakeStreamPair();
    const Handle handle = pair.a.handle();
    FillSendBuffer(handle);
    ShutdownSend(pair.b.handle());
    ASSERT_TRUE(
        selector().Add(handle, Token(1), Interest::kWritable, mode).ok());
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    CountingSystemCalls counting;
    {
      const ScopedSystemCalls scope(counting);
      EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
    }
    EXPECT_LE(counting.waits, 2) << mode;
    Drain(pair.b.handle());
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(Event{Token(1), Readiness::kWritable}))
        << mode;
    EXPECT_THAT(WaitFor(kAMoment), IsEmpty()) << mode;
    ASSERT_TRUE(selector().Remove(handle).ok());
    pair.a.Close();
    EXPECT_EQ(ReadAll(pair.b.handle()), "") << mode;
  }
}

TEST_F(IoUringSelectorTest, BothDirectionsAreReportedTogether) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge}) {
    ASSERT_TRUE(selector().Add(handle, Token(1), kBoth, mode).ok());
    EXPECT_EQ(Poll().size(), 1u);
    if (mode == Mode::kOneshot) {
      FillSendBuffer(handle);
      ASSERT_TRUE(selector().Modify(handle, Token(1), kBoth, mode).ok());
      EXPECT_THAT(Poll(), IsEmpty());
      Drain(pair.b.handle());
    }
    SendAll(pair.b.handle(), "x");
    EXPECT_THAT(WaitFor(kForSure),
                ElementsAre(Event{Token(1),
                                  Readiness::kReadable | Readiness::kWritable}))
        << mode;
    Drain(handle);
    ASSERT_TRUE(selector().Remove(handle).ok());
  }
}

TEST_F(IoUringSelectorTest, AHandleClosedWithoutRemoveIsForgotten) {
  SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(
      selector()
          .Add(pair.a.handle(), Token(1), Interest::kReadable, Mode::kOneshot)
          .ok());
  const Handle number = pair.a.handle();
  // Before the kernel was told.
  pair.a.Close();
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_EQ(selector().Remove(number).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(IoUringSelectorTest, TheNumberOfAClosedHandleCanBeAddedAgain) {
  SocketPair pair = MakeStreamPair();
  const Handle number = pair.a.handle();
  ASSERT_TRUE(selector()
                  .Add(number, Token(1), Interest::kReadable, Mode::kOneshot)
                  .ok());
  EXPECT_THAT(Poll(), IsEmpty());
  SocketPair next = MakeStreamPair();
  DuplicateOnto(next.a.handle(), number);
  ASSERT_TRUE(selector()
                  .Add(number, Token(2), Interest::kReadable, Mode::kOneshot)
                  .ok());
  // The request for what it was is over.
  EXPECT_EQ(ReadAll(pair.b.handle()), "");
  SendAll(next.b.handle(), "x");
  EXPECT_THAT(TokensOf(WaitFor(kForSure)), ElementsAre(2));
  EXPECT_EQ(
      selector().Add(number, Token(3), Interest::kReadable, Mode::kEdge).code(),
      absl::StatusCode::kAlreadyExists);
}

// A poll request would report them as ready.
TEST_F(IoUringSelectorTest, WhatCannotBeWatchedIsRefusedAtOnce) {
  Socket file = OpenRegularFile();
  Socket directory = OpenDirectory();
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge}) {
    for (const Handle handle : {file.handle(), directory.handle()}) {
      EXPECT_EQ(
          selector().Add(handle, Token(1), Interest::kReadable, mode).code(),
          absl::StatusCode::kUnimplemented);
    }
    EXPECT_EQ(
        selector().Add(1'000'000, Token(1), Interest::kReadable, mode).code(),
        absl::StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(Poll(), IsEmpty());
}

// It has no file, as an eventfd, but nothing to report: poll(2) calls it always
// ready.
TEST_F(IoUringSelectorTest, AnObjectThatReportsNothingIsRefusedAtOnce) {
  constexpr long kCreateLandlockRuleset = 444;
  const std::uint64_t handled_access = 1;
  const Socket ruleset(static_cast<Handle>(
      syscall(kCreateLandlockRuleset, &handled_access, 8, 0)));
  if (!ruleset.valid()) GTEST_SKIP() << "without landlock";
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    const absl::Status added =
        selector().Add(ruleset.handle(), Token(1), Interest::kReadable, mode);
    EXPECT_EQ(added.code(), absl::StatusCode::kUnimplemented) << added;
    EXPECT_THAT(added.message(), ::testing::HasSubstr("not pollable"));
  }
}

// ---- The ring and the set

TEST_F(IoUringSelectorTest, TheSetIsWatchedBesideTheRing) {
  SocketPair level = MakeStreamPair();
  SocketPair oneshot = MakeStreamPair();
  ASSERT_TRUE(
      selector().Add(level.a.handle(), Token(1), Interest::kReadable).ok());
  ASSERT_TRUE(selector()
                  .Add(oneshot.a.handle(), Token(2), Interest::kReadable,
                       Mode::kOneshot)
                  .ok());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  SendAll(level.b.handle(), "x");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(TokensOf(WaitFor(kForSure)), ElementsAre(1));
  }
  SendAll(oneshot.b.handle(), "x");
  EXPECT_THAT(TokensOf(WaitFor(kForSure)), UnorderedElementsAre(1, 2));
  Drain(level.a.handle());
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  CountingSystemCalls counting;
  const ScopedSystemCalls scope(counting);
  ASSERT_TRUE(selector()
                  .Modify(oneshot.a.handle(), Token(2), Interest::kReadable,
                          Mode::kOneshot)
                  .ok());
  EXPECT_THAT(TokensOf(Poll()), ElementsAre(2));
  EXPECT_EQ(counting.total(), 1);
}

// K3: the set has the waker's event, too, and where there is room for one only,
// that must not take the place of the handle's.
TEST_F(IoUringSelectorTest, AWakeUpHidesNoEventOfTheSet) {
  SocketPair level = MakeStreamPair();
  SocketPair oneshot = MakeStreamPair();
  ASSERT_TRUE(
      selector().Add(level.a.handle(), Token(1), Interest::kReadable).ok());
  ASSERT_TRUE(selector()
                  .Add(oneshot.a.handle(), Token(2), Interest::kReadable,
                       Mode::kOneshot)
                  .ok());
  EXPECT_THAT(Poll(), IsEmpty());
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(selector().Wake().ok());
    SendAll(level.b.handle(), "x");
    EXPECT_THAT(TokensOf(WaitFor(kForSure, 1)), ElementsAre(1));
    Drain(level.a.handle());
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_F(IoUringSelectorTest, NeitherStarvesTheOther) {
  std::vector<SocketPair> pairs;
  for (std::uint64_t i = 0; i < 8; ++i) {
    pairs.push_back(MakeStreamPair());
    ASSERT_TRUE(selector()
                    .Add(pairs[i].a.handle(), Token(i), Interest::kWritable,
                         i < 4 ? Mode::kLevel : Mode::kOneshot)
                    .ok());
  }
  std::vector<int> turns(8);
  for (int i = 0; i < 64; ++i) {
    for (const std::uint64_t token : TokensOf(WaitFor(kForSure, 1))) {
      ++turns[token];
      if (token < 4) continue;
      ASSERT_TRUE(selector()
                      .Modify(pairs[token].a.handle(), Token(token),
                              Interest::kWritable, Mode::kOneshot)
                      .ok());
    }
  }
  for (const int each : turns) EXPECT_GE(each, 4);
}

TEST_F(IoUringSelectorTest, WakesAndClosesInEveryState) {
  for (const bool has_ring : {false, true}) {
    for (const bool has_set : {false, true}) {
      SocketPair ring = MakeStreamPair();
      SocketPair set = MakeStreamPair();
      const auto made = CreateWithRing();
      ASSERT_TRUE(made.ok());
      Selector& selector = **made;
      if (has_ring) {
        ASSERT_TRUE(selector
                        .Add(ring.a.handle(), Token(1), Interest::kReadable,
                             Mode::kEdge)
                        .ok());
      }
      if (has_set) {
        ASSERT_TRUE(
            selector.Add(set.a.handle(), Token(2), Interest::kReadable).ok());
      }
      Event events[1];
      for (int i = 0; i < 20; ++i) {
        std::thread waker([&] { EXPECT_TRUE(selector.Wake().ok()); });
        const auto ready =
            selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
        ASSERT_TRUE(ready.ok());
        EXPECT_THAT(*ready, IsEmpty());
        waker.join();
      }
      std::thread closer([&] { selector.Close(); });
      EXPECT_EQ(selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration())
                    .status()
                    .code(),
                absl::StatusCode::kCancelled);
      closer.join();
    }
  }
}

// A handle that is ready as soon as it is armed costs no call at all, but for
// the wait.
TEST_F(IoUringSelectorTest, WhatStaysReadyMovesToTheSet) {
  SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  ASSERT_TRUE(selector()
                  .Add(handle, Token(1), Interest::kWritable, Mode::kOneshot)
                  .ok());
  const auto turn = [&] {
    EXPECT_THAT(TokensOf(Poll()), ElementsAre(1));
    EXPECT_TRUE(
        selector()
            .Modify(handle, Token(1), Interest::kWritable, Mode::kOneshot)
            .ok());
  };
  for (int i = 0; i < 10; ++i) turn();
  CountingSystemCalls counting;
  {
    const ScopedSystemCalls scope(counting);
    for (int i = 0; i < 10; ++i) turn();
  }
  EXPECT_EQ(counting.waits, 10);
  EXPECT_EQ(counting.total(), 10);
  // And back, once it is armed late.
  EXPECT_THAT(TokensOf(Poll()), ElementsAre(1));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_TRUE(selector()
                  .Modify(handle, Token(1), Interest::kWritable, Mode::kOneshot)
                  .ok());
  EXPECT_THAT(TokensOf(Poll()), ElementsAre(1));
}

TEST_F(IoUringSelectorTest, ItsDescriptorShowsWhatIsReady) {
  SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(
      selector()
          .Add(pair.a.handle(), Token(1), Interest::kReadable, Mode::kEdge)
          .ok());
  EXPECT_THAT(Poll(), IsEmpty());
  const auto descriptor = selector().descriptor();
  ASSERT_TRUE(descriptor.ok());
  SendAll(pair.b.handle(), "x");
  EXPECT_TRUE(AwaitReadable(*descriptor, kForSure));
  EXPECT_THAT(TokensOf(Poll()), ElementsAre(1));
  SocketPair next = MakeStreamPair();
  ASSERT_TRUE(
      selector()
          .Add(next.a.handle(), Token(2), Interest::kWritable, Mode::kOneshot)
          .ok());
  EXPECT_TRUE(AwaitReadable(*descriptor, kForSure));
  EXPECT_THAT(TokensOf(Poll()), ElementsAre(2));
}

// ---- Threads and processes

TEST_F(IoUringSelectorTest, TheNextOwnerHasARingOfItsOwn) {
  SocketPair waiting = MakeStreamPair();
  SocketPair spent = MakeStreamPair();
  ASSERT_TRUE(
      selector()
          .Add(waiting.a.handle(), Token(1), Interest::kReadable, Mode::kEdge)
          .ok());
  ASSERT_TRUE(
      selector()
          .Add(spent.a.handle(), Token(2), Interest::kWritable, Mode::kOneshot)
          .ok());
  EXPECT_THAT(TokensOf(Poll()), ElementsAre(2));
  ASSERT_TRUE(selector().HandOver().ok());
  std::thread([&] {
    EXPECT_THAT(Poll(), IsEmpty());
    SendAll(waiting.b.handle(), "x");
    EXPECT_THAT(TokensOf(WaitFor(kForSure)), ElementsAre(1));
    EXPECT_TRUE(selector()
                    .Modify(spent.a.handle(), Token(3), Interest::kWritable,
                            Mode::kOneshot)
                    .ok());
    EXPECT_THAT(TokensOf(WaitFor(kForSure)), ElementsAre(3));
    Drain(waiting.a.handle());
    EXPECT_TRUE(selector().Remove(waiting.a.handle()).ok());
    waiting.a.Close();
    EXPECT_EQ(ReadAll(waiting.b.handle()), "");
    EXPECT_TRUE(selector().HandOver().ok());
  }).join();
  EXPECT_TRUE(selector().Remove(spent.a.handle()).ok());
}

TEST_F(IoUringSelectorTest, AChildDoesNotDisturbThePendingRequests) {
  SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(
      selector()
          .Add(pair.a.handle(), Token(1), Interest::kReadable, Mode::kOneshot)
          .ok());
  EXPECT_THAT(Poll(), IsEmpty());
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    Event events[1];
    const absl::Status status =
        selector().Wait(absl::MakeSpan(events), absl::ZeroDuration()).status();
    if (status.code() != absl::StatusCode::kFailedPrecondition) {
      return status.ToString();
    }
    if (selector().Remove(pair.a.handle()).code() !=
        absl::StatusCode::kFailedPrecondition) {
      return "Remove worked";
    }
    DestroySelector();
    const auto own = CreateWithRing();
    return own.ok() ? "" : own.status().ToString();
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
  SendAll(pair.b.handle(), "x");
  EXPECT_THAT(TokensOf(WaitFor(kForSure)), ElementsAre(1));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
