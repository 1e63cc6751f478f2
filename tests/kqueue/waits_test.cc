// What the backend asks kevent(2) for in a `Wait`: times, and what may happen
// between its calls.

#include <sys/event.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/kqueue/kqueue_test.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Duration TimeoutOf(const KqueueCall& call) {
  return absl::DurationFromTimespec(call.timeout);
}

class WaitsTest : public KqueueTest {
 protected:
  WaitsTest() { faults_.is_recording = true; }

  // Spends a oneshot registration whose second filter is still to come, which
  // is for nobody.
  void LeaveAnEventForNobody() {
    faults_.is_split = true;
    ASSERT_THAT(Add(kBoth, Mode::kOneshot), IsOk());
    MakeReadable();
    EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
    faults_.calls.clear();
  }

  KqueueFaults faults_;
  const ScopedKqueueFaults scope_{faults_};
};

TEST_F(WaitsTest, W2ATimeIsHandedOnAsItIs) {
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_EQ(faults_.calls.size(), 1u);
  EXPECT_TRUE(faults_.calls[0].has_timeout);
  EXPECT_EQ(TimeoutOf(faults_.calls[0]), absl::ZeroDuration());
  EXPECT_EQ(faults_.calls[0].changes, 0);
  EXPECT_EQ(faults_.calls[0].room, 64);

  ASSERT_THAT(selector_->Wake(), IsOk());
  faults_.calls.clear();
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
  ASSERT_EQ(faults_.calls.size(), 1u);
  EXPECT_FALSE(faults_.calls[0].has_timeout);

  ASSERT_THAT(selector_->Wake(), IsOk());
  faults_.calls.clear();
  constexpr absl::Duration kTime = absl::Nanoseconds(7000000003);
  EXPECT_THAT(WaitFor(kTime), IsEmpty());
  ASSERT_EQ(faults_.calls.size(), 1u);
  EXPECT_EQ(TimeoutOf(faults_.calls[0]), kTime);
}

TEST_F(WaitsTest, W5NoMoreIsFetchedThanHasRoom) {
  for (const std::size_t room : {1u, 2u, 256u, 1000u}) {
    faults_.calls.clear();
    EXPECT_THAT(Poll(room), IsEmpty());
    ASSERT_EQ(faults_.calls.size(), 1u);
    EXPECT_EQ(faults_.calls[0].room,
              static_cast<int>(std::min<std::size_t>(room, 256)));
  }
}

// After an event for nobody, and after a signal, the rest is waited for.
TEST_F(WaitsTest, W3TheSecondCallIsGivenTheRest) {
  constexpr absl::Duration kTime = absl::Minutes(10);
  for (const bool is_interrupted : {false, true}) {
    SCOPED_TRACE(is_interrupted);
    Play(System::kFreeBsd);
    pair_ = MakeStreamPair();
    if (is_interrupted) {
      faults_.interrupted_waits = 1;
      faults_.calls.clear();
    } else {
      LeaveAnEventForNobody();
    }
    // Time passes after the first call, and all of it in the second.
    constexpr absl::Duration kPassed = absl::Milliseconds(3);
    int moment = 0;
    faults_.at_each_moment = [&] {
      if (++moment != 2) return;
      const Stopwatch stopwatch;
      while (stopwatch.Elapsed() < kPassed) {
      }
      faults_.times_over = 1;
    };
    EXPECT_THAT(WaitFor(kTime), IsEmpty());
    faults_.at_each_moment = nullptr;
    ASSERT_EQ(faults_.calls.size(), 2u);
    EXPECT_EQ(TimeoutOf(faults_.calls[0]), kTime);
    EXPECT_LE(TimeoutOf(faults_.calls[1]), kTime - kPassed);
    EXPECT_GT(TimeoutOf(faults_.calls[1]), absl::ZeroDuration());
  }
}

// With a time of zero the second call has none either, and without a limit
// none.
TEST_F(WaitsTest, W2AndSoAreTheOthers) {
  LeaveAnEventForNobody();
  EXPECT_THAT(Poll(), IsEmpty());
  for (const KqueueCall& call : faults_.calls) {
    EXPECT_TRUE(call.has_timeout);
    EXPECT_EQ(TimeoutOf(call), absl::ZeroDuration());
  }
}

// A level filter that nobody has registered, in a span that it fills: it is
// there with each look, and a call that is not to wait returns all the same.
TEST_F(WaitsTest, W2WhatComesAgainAndAgainForNobodyKeepsNoZeroTimeout) {
  MakeReadable();
  struct kevent foreign = {};
  foreign.ident = static_cast<std::uintptr_t>(handle());
  foreign.filter = EVFILT_READ;
  foreign.flags = EV_ADD;
  ASSERT_EQ(kevent(*selector_->descriptor(), &foreign, 1, nullptr, 0, nullptr),
            0);
  faults_.calls.clear();
  EXPECT_THAT(Poll(1), IsEmpty());
  EXPECT_GT(faults_.calls.size(), 1u) << "more might have been behind it";
}

// Data for a filter that is there for the end only: the kernel keeps them.
TEST_F(WaitsTest, W7WhatIsNotAskedForWakesNobody) {
  ASSERT_THAT(Add(Interest::kReadClosed), IsOk());
  MakeReadable();
  faults_.calls.clear();
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty());
  EXPECT_EQ(faults_.calls.size(), 1u);
}

// Some versions of macOS refuse a tv_sec above 100,000,000 (itimerfix).
TEST_F(WaitsTest, W2TimeoutsBeyondALimitTakeSeveralCalls) {
  for (const absl::Duration timeout :
       {absl::Seconds(100 * 1000 * 1000 + 1), absl::Hours(24 * 365 * 200)}) {
    ASSERT_THAT(selector_->Wake(), IsOk());
    faults_.calls.clear();
    faults_.times_over = 2;
    EXPECT_THAT(WaitFor(timeout), IsEmpty());
    ASSERT_EQ(faults_.calls.size(), 3u);
    for (const KqueueCall& call : faults_.calls) {
      ASSERT_TRUE(call.has_timeout);
      EXPECT_LE(TimeoutOf(call), absl::Seconds(100 * 1000 * 1000));
      EXPECT_GE(TimeoutOf(call), absl::Seconds(1000 * 1000));
    }
  }
}

// ---- Between the calls of one `Wait`

// Two handles are ready and one is not when a `Wait` with `room` places begins,
// in whose calls a wake-up or an event comes at each moment in turn: none is
// lost, none comes twice, and each later `Wake` wakes.
class MomentsTest : public WaitsTest,
                    public ::testing::WithParamInterface<System> {
 protected:
  void ActAtEachMoment(Mode mode, std::size_t room, bool is_woken,
                       bool third_comes) {
    constexpr int kMost = 100;
    for (int moment = 0; moment < kMost; ++moment) {
      SCOPED_TRACE(absl::StrCat(mode.ToString(), ", ", room, " places, ",
                                is_woken ? "" : "not ", "woken before, ",
                                third_comes ? "an event" : "a wake-up",
                                " at the moment ", moment));
      Play(GetParam());
      std::vector<SocketPair> pairs;
      for (std::uint64_t i = 0; i < 3; ++i) {
        pairs.push_back(MakeStreamPair());
        ASSERT_THAT(selector_->Add(pairs[i].a.handle(), Token(i),
                                   Interest::kReadable, mode),
                    IsOk());
      }
      // The wake-up comes before the events, between them, or after them.
      for (std::size_t i = 0; i < 2; ++i) {
        if (is_woken && moment % 2 == static_cast<int>(i)) {
          ASSERT_THAT(selector_->Wake(), IsOk());
        }
        SendAll(pairs[i].b.handle(), "x");
      }
      bool has_acted = false;
      int moments_left = moment;
      faults_.at_each_moment = [&] {
        if (has_acted || moments_left-- > 0) return;
        has_acted = true;
        if (third_comes) {
          SendAll(pairs[2].b.handle(), "x");
        } else {
          EXPECT_THAT(selector_->Wake(), IsOk());
        }
      };
      std::map<std::uint64_t, int> reports;
      Count(WaitFor(kForSure, room), reports);
      faults_.at_each_moment = nullptr;
      for (int i = 0; i < 4; ++i) Count(Poll(), reports);
      EXPECT_GE(reports[0], 1);
      EXPECT_GE(reports[1], 1);
      EXPECT_EQ(reports[2] > 0, third_comes && has_acted);
      if (mode != Mode::kLevel) {
        for (const auto& [token, count] : reports) EXPECT_LE(count, 1) << token;
      }
      for (const SocketPair& pair : pairs) {
        ASSERT_THAT(selector_->Remove(pair.a.handle()), IsOk());
      }
      ASSERT_NO_FATAL_FAILURE(ExpectWakeUpsWork());
      if (!has_acted) return;
    }
    FAIL() << "a Wait that makes calls without end";
  }

 private:
  static void Count(const std::vector<Event>& events,
                    std::map<std::uint64_t, int>& reports) {
    for (const Event& event : events) {
      EXPECT_EQ(event.readiness, Readiness::kReadable);
      ++reports[event.token.value()];
    }
  }

  // A wake-up comes, and is then over.
  void ExpectWakeUpsWork() {
    ASSERT_THAT(selector_->Wake(), IsOk());
    constexpr absl::Duration kLong = absl::Seconds(5);
    const Stopwatch until_woken;
    EXPECT_THAT(WaitFor(kLong), IsEmpty());
    ASSERT_LT(until_woken.Elapsed(), kLong) << "the wake-up is lost";
    faults_.calls.clear();
    EXPECT_THAT(Poll(), IsEmpty());
    EXPECT_EQ(faults_.calls.size(), 1u) << "it is over";
  }
};
EVENT_INSTANTIATE_SYSTEMS(MomentsTest);

TEST_P(MomentsTest, K1NothingIsLost) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    for (const std::size_t room : {1u, 2u, 3u}) {
      for (const bool is_woken : {false, true}) {
        for (const bool third_comes : {false, true}) {
          ActAtEachMoment(mode, room, is_woken, third_comes);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
