// What is particular about the poll backend, as its header says it.

#include "backends/poll/poll_selector.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
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
#include "tests/contract/waiting_thread.h"
#include "tests/linux/system_calls.h"
#include "tests/support/count_allocations.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kAlreadyExists = absl::StatusCode::kAlreadyExists;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

class PollSelectorTest : public ::testing::Test {
 protected:
  std::vector<Event> Wait(absl::Duration timeout, std::size_t room = 8) {
    std::vector<Event> events(room);
    const auto ready = selector_->Wait(absl::MakeSpan(events), timeout);
    EXPECT_THAT(ready.status(), IsOk());
    events.resize(ready.ok() ? ready->size() : 0);
    return events;
  }
  std::vector<Event> Poll() { return Wait(absl::ZeroDuration()); }

  // Nothing is left that a Wait would spin on: it lasts its whole time, and
  // makes few system calls.
  void ExpectRest() {
    CountingSystemCalls calls;
    const ScopedSystemCalls scope(calls);
    const Stopwatch stopwatch;
    EXPECT_THAT(Wait(kAMoment), IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), kAMoment);
    EXPECT_LE(calls.total(), 4);
  }

  absl::Status Add(const Socket& socket, std::uint64_t token,
                   Interest interest = Interest::kReadable,
                   Mode mode = Mode::kLevel) {
    return selector_->Add(socket.handle(), Token(token), interest, mode);
  }

  const std::set<int> before_ = OpenDescriptors();
  std::unique_ptr<PollSelector> selector_ = PollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
};

TEST_F(PollSelectorTest, CapabilitiesSayWhatPollCanDo) {
  const Capabilities capabilities = selector_->capabilities();
  EXPECT_EQ(capabilities.modes, Mode::kOneshot);
  EXPECT_EQ(capabilities.interests, Interest::kReadable | Interest::kWritable |
                                        Interest::kPriority |
                                        Interest::kReadClosed);
  EXPECT_EQ(capabilities.timeout_resolution, absl::Nanoseconds(1));
  EXPECT_TRUE(capabilities.hangup_without_interest);
  EXPECT_EQ(selector_->name(), "poll");
}

// ---- Handles and numbers

// A poll holds what it polls open: without an interruption, the peer would hear
// of the end only after the Wait.
TEST_F(PollSelectorTest, RemoveLetsGoOfTheHandleWhileAnotherThreadWaits) {
  ASSERT_THAT(Add(pair_.a, 1), IsOk());
  WaitingThread waiter(*selector_);
  ASSERT_THAT(selector_->Remove(pair_.a.handle()), IsOk());
  pair_.a.Close();
  EXPECT_TRUE(AwaitReadable(pair_.b.handle(), kForSure));
  EXPECT_EQ(TryRead(pair_.b.handle(), 1).kind, ReadResult::Kind::kEndOfStream);
  EXPECT_FALSE(waiter.has_returned());
  ASSERT_THAT(selector_->Wake(), IsOk());
  EXPECT_THAT(waiter.events(), IsEmpty());
}

TEST_F(PollSelectorTest, AClosedHandleIsForgottenByTheNextWait) {
  const Handle number = pair_.a.handle();
  ASSERT_THAT(Add(pair_.a, 1), IsOk());
  pair_.a.Close();
  EXPECT_THAT(Poll(), IsEmpty());
  ExpectRest();
  DuplicateOnto(pair_.b.handle(), number);
  const Socket again(number);
  EXPECT_THAT(selector_->Remove(number), HasCode(kNotFound));
  EXPECT_THAT(Add(again, 2, Interest::kWritable), IsOk());
  EXPECT_THAT(Wait(kForSure),
              ElementsAre(IsEventWith(2, Readiness::kWritable)));
}

// Also where a duplicate is open: epoll goes on reporting that one.
TEST_F(PollSelectorTest, AClosedHandleIsForgottenThoughADuplicateIsOpen) {
  const Socket duplicate = Duplicate(pair_.a.handle());
  ASSERT_THAT(Add(pair_.a, 1, Interest::kWritable), IsOk());
  pair_.a.Close();
  EXPECT_THAT(Poll(), IsEmpty());
  ExpectRest();
}

// As `Wait`, so do the changes: what has no open handle is registered no more,
// even if the very same object gets the number again.
TEST_F(PollSelectorTest, AClosedHandleIsForgottenByTheChangeThatFindsIt) {
  for (const bool by_remove : {true, false}) {
    SCOPED_TRACE(by_remove);
    SocketPair pair = MakeStreamPair();
    const Handle handle = pair.a.handle();
    const Socket duplicate(dup(handle));
    ASSERT_THAT(Add(pair.a, 1), IsOk());
    pair.a.Close();
    EXPECT_THAT(by_remove
                    ? selector_->Remove(handle)
                    : selector_->Modify(handle, Token(2), Interest::kReadable,
                                        Mode::kLevel),
                HasCode(kInvalidArgument));
    const Socket again(dup2(duplicate.handle(), handle));
    ASSERT_EQ(again.handle(), handle);
    SendAll(pair.b.handle(), "x");
    EXPECT_THAT(
        selector_->Modify(handle, Token(3), Interest::kReadable, Mode::kLevel),
        HasCode(kNotFound));
    EXPECT_THAT(selector_->Remove(handle), HasCode(kNotFound));
    ExpectRest();
    ASSERT_THAT(Add(again, 4), IsOk());
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(4, Readiness::kReadable)));
    EXPECT_THAT(selector_->Remove(handle), IsOk());
  }
}

TEST_F(PollSelectorTest, AReusedNumberMayBeReportedUntilACallNotices) {
  for (const bool by_remove : {true, false}) {
    SCOPED_TRACE(by_remove);
    SocketPair old = MakeStreamPair();
    ASSERT_THAT(Add(old.a, 1, Interest::kWritable), IsOk());
    DuplicateOnto(pair_.a.handle(), old.a.handle());
    EXPECT_THAT(Wait(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
    const absl::Status status =
        by_remove ? selector_->Remove(old.a.handle())
                  : selector_->Modify(old.a.handle(), Token(2),
                                      Interest::kWritable, Mode::kLevel);
    EXPECT_THAT(status, HasCode(kNotFound));
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_F(PollSelectorTest, AddTakesAReusedNumberOver) {
  SocketPair old = MakeStreamPair();
  ASSERT_THAT(Add(old.a, 1, Interest::kWritable), IsOk());
  DuplicateOnto(pair_.a.handle(), old.a.handle());
  ASSERT_THAT(Add(old.a, 2, Interest::kWritable), IsOk());
  EXPECT_THAT(Wait(kForSure), ElementsAre(IsEvent(2, Readiness::kWritable)));
  EXPECT_THAT(Add(old.a, 3), HasCode(kAlreadyExists));
}

// The ends of one pipe have one inode.
TEST_F(PollSelectorTest, TheOtherEndOfAPipeIsAnotherObject) {
  Pipe pipe = MakePipe();
  Socket keeps_it_open = Duplicate(pipe.read_end.handle());
  ASSERT_THAT(Add(pipe.read_end, 1), IsOk());
  DuplicateOnto(pipe.write_end.handle(), pipe.read_end.handle());
  EXPECT_THAT(selector_->Remove(pipe.read_end.handle()), HasCode(kNotFound));
}

// All eventfds have one inode, so this cannot be told.
TEST_F(PollSelectorTest, AnotherEventfdUnderTheNumberLooksTheSame) {
  Socket first(eventfd(0, EFD_CLOEXEC));
  const Socket second(eventfd(1, EFD_CLOEXEC));
  ASSERT_THAT(Add(first, 1), IsOk());
  DuplicateOnto(second.handle(), first.handle());
  EXPECT_THAT(Add(first, 2), HasCode(kAlreadyExists));
  ASSERT_THAT(selector_->Modify(first.handle(), Token(3), Interest::kReadable,
                                Mode::kLevel),
              IsOk());
  EXPECT_THAT(Wait(kForSure), ElementsAre(IsEvent(3, Readiness::kReadable)));
}

TEST_F(PollSelectorTest, WhatIsOpenButCannotBePolledIsRefused) {
  const Socket path(open("/", O_PATH | O_CLOEXEC));
  EXPECT_THAT(Add(path, 1), HasCode(absl::StatusCode::kUnimplemented));
  const Socket null_path(open("/dev/null", O_PATH | O_CLOEXEC));
  EXPECT_THAT(Add(null_path, 1), HasCode(absl::StatusCode::kUnimplemented));
  ExpectRest();
}

// epoll refuses it (EPERM); poll(2) says that it is always ready.
TEST_F(PollSelectorTest, ADeviceWithoutReadinessIsAlwaysReady) {
  const Socket null(open("/dev/null", O_RDWR | O_CLOEXEC));
  ASSERT_THAT(Add(null, 1), IsOk());
  EXPECT_THAT(Wait(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_F(PollSelectorTest, ItsOwnDescriptorsAreNoHandles) {
  WaitingThread waiter(*selector_, absl::Hours(1));  // With one of its own.
  const Socket none;
  for (const int descriptor : OpenDescriptors()) {
    if (before_.count(descriptor) != 0 || descriptor == pair_.a.handle() ||
        descriptor == pair_.b.handle()) {
      continue;
    }
    const absl::Status status =
        selector_->Add(descriptor, Token(1), Interest::kReadable);
    EXPECT_THAT(status, HasCode(kInvalidArgument)) << descriptor;
    EXPECT_THAT(std::string(status.message()), HasSubstr("part of this"));
    EXPECT_THAT(selector_->Remove(descriptor), HasCode(kNotFound));
  }
  ASSERT_THAT(selector_->Wake(), IsOk());
}

// ---- Reports

TEST_F(PollSelectorTest, AParkedHandleReportsOnceUntilModify) {
  ASSERT_THAT(Add(pair_.a, 1, Interest::kNone), IsOk());
  ExpectRest();
  pair_.b.Close();
  EXPECT_THAT(Wait(kForSure), ElementsAre(IsEvent(1, Readiness::kHangup)));
  ExpectRest();
  ASSERT_THAT(selector_->Modify(pair_.a.handle(), Token(2), Interest::kNone,
                                Mode::kLevel),
              IsOk());
  EXPECT_THAT(Wait(kForSure), ElementsAre(IsEvent(2, Readiness::kHangup)));
  ExpectRest();
}

// ---- Costs and limits

TEST_F(PollSelectorTest, AnInterruptedWaitCostsAReadAndAnotherPoll) {
  CountingSystemCalls calls;
  {
    const ScopedSystemCalls scope(calls);
    OnceBlocked adder(
        [this] { EXPECT_THAT(Add(pair_.a, 1, Interest::kWritable), IsOk()); });
    EXPECT_THAT(Wait(absl::InfiniteDuration()), ElementsAre(HasToken(1)));
  }
  EXPECT_EQ(calls.waits, 2);
  EXPECT_EQ(calls.reads, 1);
  EXPECT_EQ(calls.total(), 3);
}

TEST_F(PollSelectorTest, AChangeCostsNothingMoreWhileNobodyWaits) {
  CountingSystemCalls calls;
  const ScopedSystemCalls scope(calls);
  ASSERT_THAT(Add(pair_.a, 1), IsOk());
  EXPECT_EQ(calls.total(), 1);  // Whether it can be polled.
  ASSERT_THAT(selector_->Modify(pair_.a.handle(), Token(2), Interest::kNone,
                                Mode::kLevel),
              IsOk());
  ASSERT_THAT(selector_->Remove(pair_.a.handle()), IsOk());
  EXPECT_EQ(calls.total(), 1);
}

TEST_F(PollSelectorTest, RearmingAndWaitingAllocateNothing) {
  std::vector<SocketPair> pairs;
  for (int i = 0; i < 100; ++i) {
    pairs.push_back(MakeStreamPair());
    ASSERT_THAT(Add(pairs.back().a, 1, Interest::kWritable, Mode::kOneshot),
                IsOk());
  }
  std::vector<Event> room(128);
  const AllocationCounter allocations;
  std::size_t events = 0;
  for (int i = 0; i < 10; ++i) {
    events += selector_->Wait(absl::MakeSpan(room), kForSure)->size();
    for (const SocketPair& pair : pairs) {
      (void)selector_->Modify(pair.a.handle(), Token(1), Interest::kWritable,
                              Mode::kOneshot);
    }
  }
  EXPECT_EQ(allocations.allocations(), 0u);
  EXPECT_EQ(events, 1000u);
}

TEST_F(PollSelectorTest, AFurtherWaiterNeedsADescriptor) {
  WaitingThread first(*selector_);
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  const rlimit none = {0, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  Event room[1];
  const absl::Status status =
      selector_->Wait(absl::MakeSpan(room), absl::ZeroDuration()).status();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_THAT(status, HasCode(kResourceExhausted));
  EXPECT_THAT(std::string(status.message()), HasSubstr("RLIMIT_NOFILE"));
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_THAT(selector_->Wake(), IsOk());
  EXPECT_THAT(first.status(), IsOk());
}

TEST_F(PollSelectorTest, MoreHandlesThanTheLimitAllowsByNow) {
  std::vector<SocketPair> pairs;
  for (int i = 0; i < 20; ++i) {
    pairs.push_back(MakeStreamPair());
    ASSERT_THAT(Add(pairs.back().a, 1, Interest::kWritable), IsOk());
  }
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  const rlimit few = {10, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  Event room[1];
  const absl::Status status =
      selector_->Wait(absl::MakeSpan(room), kForSure).status();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_THAT(status, HasCode(kResourceExhausted));
  EXPECT_THAT(Wait(kForSure, 32), ::testing::SizeIs(20));
}

// Somebody closes what is not theirs: an error, not a loop without end.
TEST_F(PollSelectorTest, ALostDescriptorOfItsOwnIsAnError) {
  std::optional<Socket> own;
  for (const int descriptor : OpenDescriptors()) {
    if (before_.count(descriptor) == 0 && descriptor != pair_.a.handle() &&
        descriptor != pair_.b.handle()) {
      own.emplace(descriptor);
    }
  }
  ASSERT_TRUE(own.has_value());
  const Socket saved = Duplicate(own->handle());
  const Handle number = own->handle();
  own->Close();
  Event room[1];
  EXPECT_THAT(
      selector_->Wait(absl::MakeSpan(room), absl::InfiniteDuration()).status(),
      HasCode(absl::StatusCode::kInternal));
  DuplicateOnto(saved.handle(), number);  // For the destructor.
  EXPECT_THAT(Poll(), IsEmpty());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
