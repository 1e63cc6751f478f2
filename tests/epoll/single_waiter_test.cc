// What is particular about SingleWaiterEpollSelector besides what it saves:
// tokens, handles that were closed, memory, flags, errors.

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_events.h"
#include "backends/epoll/eventfd_waker.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/stopwatch.h"
#include "tests/epoll/single_waiter_fixture.h"
#include "tests/support/count_allocations.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr Interest kReadable = Interest::kReadable;
constexpr Interest kWritable = Interest::kWritable;

// ---- Numbers used again

// The number of a closed handle goes to what cannot be watched, and then to
// another socket: the old registration is forgotten when that is noticed.
TEST_F(SingleWaiterTest, ANumberReusedByAFileIsNotRegistered) {
  for (const Mode mode : {Mode::kLevel, Mode::kOneshot}) {
    SCOPED_TRACE(mode);
    SocketPair closed = MakeStreamPair();
    const Handle number = closed.a.handle();
    Add(number, 1, kReadable, mode);
    closed.a.Close();
    {
      const Socket file = OpenRegularFile();
      ASSERT_EQ(file.handle(), number);
      EXPECT_EQ(selector_->Remove(number).code(),
                absl::StatusCode::kUnimplemented);
    }
    const Socket reused = Duplicate(other_.a.handle());
    ASSERT_EQ(reused.handle(), number);
    // With another token first: a oneshot registration needs no call for that,
    // in which the kernel would say that it knows nothing.
    for (const int token : {2, 1}) {
      EXPECT_EQ(selector_->Modify(number, Token(token), kReadable, mode).code(),
                absl::StatusCode::kNotFound);
    }
    EXPECT_EQ(selector_->Remove(number).code(), absl::StatusCode::kNotFound);
  }
}

// By a duplicate of the selector's own descriptor: EINVAL.
TEST_F(SingleWaiterTest, ANumberReusedByTheSelectorItselfIsNotRegistered) {
  SocketPair closed = MakeStreamPair();
  const Handle number = closed.a.handle();
  Add(number, 1, kReadable, Mode::kLevel);
  closed.a.Close();
  {
    const Socket own = Duplicate(selector_->descriptor().value());
    ASSERT_EQ(own.handle(), number);
    EXPECT_EQ(selector_->Remove(number).code(), absl::StatusCode::kNotFound);
  }
  const Socket reused = Duplicate(other_.a.handle());
  ASSERT_EQ(reused.handle(), number);
  EXPECT_EQ(selector_->Modify(number, Token(1), kReadable, Mode::kLevel).code(),
            absl::StatusCode::kNotFound);
}

// A refused `Modify` of a handle that is gone: the next one knows it, too.
TEST_F(SingleWaiterTest, AModifyThatFoundNothingIsRemembered) {
  SocketPair closed = MakeStreamPair();
  const Handle number = closed.a.handle();
  Add(number, 1, kReadable, Mode::kEdge);
  closed.a.Close();
  const Socket reused = Duplicate(other_.a.handle());
  ASSERT_EQ(reused.handle(), number);
  for (const Mode mode : {Mode::kEdge, Mode::kLevel, Mode::kOneshot}) {
    EXPECT_EQ(selector_->Modify(number, Token(1), kReadable, mode).code(),
              absl::StatusCode::kNotFound);
  }
}

// `Modify` looks again, also if it changes nothing: what wakes nobody (a TUN
// device before TUNSETIFF) is found by a fresh look only.
TEST_F(SingleWaiterTest, AModifyThatChangesNothingLooksAgain) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    SCOPED_TRACE(mode);
    Add(handle_, 1, kReadable, mode);
    EXPECT_EQ(ControlsOf([&] { Modify(handle_, 1, kReadable, mode); }), 1);
    EXPECT_EQ(calls_.last_event.events & EPOLLIN, EPOLLIN);
    ASSERT_TRUE(selector_->Remove(handle_).ok());
  }
}

// ---- Tokens

constexpr std::uint64_t kWakersData = epoll::EventfdWaker::kData;

class SingleWaiterTokensTest
    : public SingleWaiterTest,
      public ::testing::WithParamInterface<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(
    Tokens, SingleWaiterTokensTest,
    ::testing::Values(0, kWakersData, kWakersData - 1, kWakersData + 1,
                      kWakersData >> 48 << 48, kWakersData | 0xffff'ffff'ffff,
                      // As the selector's own, with any handle.
                      (kWakersData >> 48 << 48) | (std::uint64_t{1} << 32) | 3,
                      ~std::uint64_t{0}));

TEST_P(SingleWaiterTokensTest, ComeBackInEveryMode) {
  const std::uint64_t token = GetParam();
  for (const Mode mode :
       {Mode::kLevel, Mode::kEdge, Mode::kOneshot, Mode::kExclusive}) {
    SCOPED_TRACE(mode);
    Add(handle_, token, kWritable, mode);
    EXPECT_THAT(Poll(), ElementsAre(Event{Token(token), Readiness::kWritable}));
    EXPECT_EQ(Poll().size(),
              mode == Mode::kLevel || mode == Mode::kExclusive ? 1u : 0u);
    if (mode != Mode::kExclusive) {
      Modify(handle_, 5, kWritable, mode);
      EXPECT_THAT(Poll(), ElementsAre(Event{Token(5), Readiness::kWritable}));
      Modify(handle_, token, kWritable, mode);
      EXPECT_THAT(Poll(),
                  ElementsAre(Event{Token(token), Readiness::kWritable}));
    }
    ASSERT_TRUE(selector_->Remove(handle_).ok());
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_P(SingleWaiterTokensTest, AreNoWakeUps) {
  const Socket own(eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC));
  Add(own.handle(), GetParam(), kReadable, Mode::kEdge);
  const Event expected = {Token(GetParam()), Readiness::kReadable};
  EXPECT_THAT(Poll(), ElementsAre(expected));
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(eventfd_write(own.handle(), 1), 0);
    ASSERT_TRUE(selector_->Wake().ok());
    EXPECT_THAT(Wait(absl::InfiniteDuration(), 1), ElementsAre(expected));
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_F(SingleWaiterTest, NeedsNoThirdDescriptorForAnyToken) {
  const std::set<int> before = OpenDescriptors();
  Add(handle_, kWakersData, kReadable);
  EXPECT_EQ(OpenDescriptors(), before);
}

// ---- Handles that were closed without `Remove`

class SingleWaiterClosedTest : public SingleWaiterTest {
 protected:
  // An expected oneshot registration under token 1 whose handle is closed.
  // Returns the number.
  Handle CloseExpected(bool is_armed) {
    AddExpected(handle_, 1);
    if (!is_armed) {
      EXPECT_EQ(Poll().size(), 1u);
    }
    pair_.a.Close();
    return handle_;
  }
  void ExpectTheOtherWorks() {
    Add(other_.a.handle(), 2, kWritable);
    for (int i = 0; i < 5; ++i) {
      EXPECT_THAT(Wait(absl::InfiniteDuration(), 1),
                  ElementsAre(Event{Token(2), Readiness::kWritable}));
      Modify(other_.a.handle(), 2, kWritable);
    }
    ASSERT_TRUE(selector_->Remove(other_.a.handle()).ok());
    ASSERT_TRUE(selector_->Wake().ok());
    EXPECT_THAT(Wait(absl::InfiniteDuration(), 1), IsEmpty());
  }
};

TEST_F(SingleWaiterClosedTest, NothingIsReported) {
  CloseExpected(/*is_armed=*/true);
  EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
  ExpectTheOtherWorks();
}

TEST_F(SingleWaiterClosedTest, TheNumberBeginsAnew) {
  for (const bool is_armed : {true, false}) {
    pair_ = MakeStreamPair();
    handle_ = pair_.a.handle();
    const Handle number = CloseExpected(is_armed);
    DuplicateOnto(other_.a.handle(), number);
    const Socket reused(number);
    Add(number, 7, kWritable);
    EXPECT_THAT(Poll(), ElementsAre(Event{Token(7), Readiness::kWritable}));
    // As any oneshot registration at its beginning.
    EXPECT_EQ(CallsOf([this] { EXPECT_THAT(Poll(), IsEmpty()); }),
              (Calls{0, 1}));
    ASSERT_TRUE(selector_->Remove(number).ok());
  }
}

// With a duplicate open the kernel goes on reporting, and cannot be told to
// stop: neither does a wait report it, nor hide others, nor end early, nor last
// longer than it should.
TEST_F(SingleWaiterClosedTest, WithADuplicateItIsSilentAndDisturbsNobody) {
  const Socket duplicate = Duplicate(handle_);
  CloseExpected(/*is_armed=*/false);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Poll(), IsEmpty());
    const Stopwatch stopwatch;
    EXPECT_THAT(Wait(absl::Milliseconds(5)), IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(5));
    ExpectTheOtherWorks();
  }
}

TEST_F(SingleWaiterClosedTest, WithADuplicateItsNumberIsAnotherRegistration) {
  const Socket duplicate = Duplicate(handle_);
  const Handle number = CloseExpected(/*is_armed=*/true);
  DuplicateOnto(other_.a.handle(), number);
  const Socket reused(number);
  Add(number, 7, kReadable);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Poll(), IsEmpty()) << "the old one's readiness";
    EXPECT_THAT(Wait(absl::Milliseconds(2)), IsEmpty());
    SendAll(other_.b.handle(), "x");
    EXPECT_THAT(Wait(absl::InfiniteDuration()),
                ElementsAre(Event{Token(7), Readiness::kReadable}));
    Drain(number);
    Modify(number, 7, kReadable);
  }
  ASSERT_TRUE(selector_->Remove(number).ok());
  EXPECT_THAT(Poll(), IsEmpty());
}

// The difference that selector_options.h tells of: a `Modify` that needs no
// system call does not notice. The next `Wait` may, and then it is known.
TEST_F(SingleWaiterClosedTest, ModifyNoticesLate) {
  Add(handle_, 1, kReadable, Mode::kLevel);
  pair_.a.Close();
  Modify(handle_, 1, kWritable, Mode::kLevel);
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(
      selector_->Modify(handle_, Token(1), kReadable, Mode::kLevel).code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(SingleWaiterClosedTest, RemoveForgetsIt) {
  Add(handle_, 1, kReadable, Mode::kLevel);
  pair_.a.Close();
  EXPECT_EQ(selector_->Remove(handle_).code(),
            absl::StatusCode::kInvalidArgument);
  DuplicateOnto(other_.a.handle(), handle_);
  const Socket reused(handle_);
  // (Another interest could wait for the next `Wait` with what is there.)
  for (const Interest interest : {kWritable, kReadable}) {
    EXPECT_EQ(
        selector_->Modify(handle_, Token(1), interest, Mode::kLevel).code(),
        absl::StatusCode::kNotFound);
  }
  EXPECT_EQ(selector_->Remove(handle_).code(), absl::StatusCode::kNotFound);
}

// ---- Flags

TEST_F(SingleWaiterTest, EveryInterestAndModeReachesTheKernel) {
  for (const Interest interest :
       {kReadable, kWritable, Interest::kPriority, Interest::kReadClosed,
        kReadable | kWritable | Interest::kPriority | Interest::kReadClosed,
        Interest::kNone}) {
    for (const Mode mode :
         {Mode::kLevel, Mode::kEdge, Mode::kOneshot, Mode::kKeepAwake,
          Mode::kOneshot | Mode::kKeepAwake, Mode::kEdge | Mode::kKeepAwake}) {
      Add(handle_, 42, interest, mode);
      EXPECT_EQ(calls_.last_event.events, epoll::EpollEvents(interest, mode));
      ASSERT_TRUE(selector_->Remove(handle_).ok());
      Add(handle_, 41, Interest::kReadable, Mode::kEdge);
      Modify(handle_, 42, interest, mode);
      EXPECT_EQ(calls_.last_event.events, epoll::EpollEvents(interest, mode));
      ASSERT_TRUE(selector_->Remove(handle_).ok());
    }
  }
}

TEST_F(SingleWaiterTest, EdgeAndOneshotIsOneshot) {
  Add(handle_, 42, kReadable, Mode::kEdge | Mode::kOneshot);
  EXPECT_EQ(calls_.last_event.events, EPOLLIN | EPOLLONESHOT);
}

TEST_F(SingleWaiterTest, CapabilitiesListEverything) {
  const Capabilities capabilities = selector_->capabilities();
  EXPECT_EQ(capabilities.interests, kReadable | kWritable |
                                        Interest::kPriority |
                                        Interest::kReadClosed);
  EXPECT_EQ(capabilities.modes,
            Mode::kEdge | Mode::kOneshot | Mode::kExclusive | Mode::kKeepAwake);
  EXPECT_TRUE(capabilities.hangup_without_interest);
  EXPECT_EQ(capabilities.timeout_resolution, absl::Nanoseconds(1));
  EXPECT_EQ(selector_->name(), "epoll");
}

// ---- Memory

TEST_F(SingleWaiterTest, MemoryForEachRegistration) {
  constexpr std::size_t kHandles = 2000;
  std::vector<SocketPair> pairs;
  for (std::size_t i = 0; i < kHandles; ++i) pairs.push_back(MakeStreamPair());
  std::size_t bytes = 0;
  {
    const AllocationCounter counter;
    for (std::size_t i = 0; i < kHandles; ++i) {
      // Every second number, as with one end of each pair.
      (void)selector_->Add(pairs[i].a.handle(), Token(i), kReadable,
                           i % 2 == 0 ? Mode::kOneshot : Mode::kLevel);
    }
    bytes = counter.bytes();
  }
  EXPECT_LE(bytes, 32 * kHandles);
  const AllocationCounter counter;
  for (std::size_t i = 0; i < kHandles; ++i) {
    (void)selector_->Modify(pairs[i].a.handle(), Token(i), kWritable,
                            Mode::kOneshot);
    (void)selector_->Remove(pairs[i].a.handle());
    (void)selector_->Add(pairs[i].a.handle(), Token(i), kReadable);
  }
  EXPECT_EQ(counter.allocations(), 0u);
}

// ---- Errors and the rest

TEST_F(SingleWaiterTest, SelectorCreateMakesItWhenAsked) {
  SelectorOptions options;
  options.single_waiter = true;
  const std::unique_ptr<Selector> made = Selector::Create(options).value();
  EXPECT_NE(dynamic_cast<SingleWaiterEpollSelector*>(made.get()), nullptr);
  const std::unique_ptr<Selector> other = Selector::Create().value();
  EXPECT_EQ(dynamic_cast<SingleWaiterEpollSelector*>(other.get()), nullptr);
}

TEST_F(SingleWaiterTest, ARefusedAddLeavesNothing) {
  calls_.control_error = ENOSPC;
  EXPECT_EQ(selector_->Add(handle_, Token(1), kReadable).code(),
            absl::StatusCode::kResourceExhausted);
  calls_.control_error = 0;
  EXPECT_EQ(
      selector_->Modify(handle_, Token(1), kReadable, Mode::kLevel).code(),
      absl::StatusCode::kNotFound);
  Add(handle_, 1, kWritable);
  EXPECT_EQ(Poll().size(), 1u);
}

TEST_F(SingleWaiterTest, ARefusedRemoveLeavesTheRegistration) {
  AddExpected(handle_, 1);
  calls_.control_error = EIO;
  EXPECT_EQ(selector_->Remove(handle_).code(), absl::StatusCode::kInternal);
  calls_.control_error = 0;
  EXPECT_THAT(Poll(), ElementsAre(Event{Token(1), Readiness::kWritable}));
}

TEST_F(SingleWaiterTest, TheWakersDescriptorIsNotForCallers) {
  const std::set<int> before = OpenDescriptors();
  selector_ = SingleWaiterEpollSelector::Create().value();
  for (const int descriptor : OpenDescriptors()) {
    if (before.count(descriptor) != 0) continue;
    EXPECT_EQ(selector_->Remove(descriptor).code(),
              absl::StatusCode::kNotFound);
    EXPECT_EQ(selector_->Add(descriptor, Token(1), kReadable).code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_FALSE(
        selector_->Modify(descriptor, Token(1), kReadable, Mode::kLevel).ok());
  }
  ASSERT_TRUE(selector_->Wake().ok());
  EXPECT_THAT(Wait(absl::InfiniteDuration()), IsEmpty());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
