// libevent and this library in one program and one file, as docs/migrating.md
// shows it. Where libevent is not installed, the tests say so and are skipped.

#include "gtest/gtest.h"
#include "tests/support/libevent.h"

#if __has_include(<event2/event.h>) && __has_include(<event2/event-config.h>)

// [begin migrating: libevent and a selector in one file]
#include <event2/event.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"

void OnReady(event_selector::Token token, event_selector::Readiness readiness);

// libevent calls it whenever `Wait` would return at once.
void ServeSelector(evutil_socket_t /*descriptor*/, short /*what*/,
                   void* argument) {
  auto& selector = *static_cast<event_selector::Selector*>(argument);
  event_selector::Event events[64];
  const absl::StatusOr<absl::Span<event_selector::Event>> ready =
      selector.Wait(absl::MakeSpan(events), absl::ZeroDuration());
  if (!ready.ok()) return;
  for (const event_selector::Event& event : *ready) {
    OnReady(event.token, event.readiness);
  }
}

// The outer loop is still libevent's: to it, all that has moved into the
// selector is one descriptor more. Without EV_ET it is called again for what
// found no room in `events`. To be freed, by event_free, before the selector.
struct event* WatchSelector(struct event_base* base,
                            event_selector::Selector& selector) {
  const absl::StatusOr<event_selector::Handle> descriptor =
      selector.descriptor();
  if (!descriptor.ok()) return nullptr;  // A backend without one: poll.
  struct event* const watch = event_new(base, *descriptor, EV_READ | EV_PERSIST,
                                        &ServeSelector, &selector);
  if (watch == nullptr || event_add(watch, nullptr) == 0) return watch;
  event_free(watch);
  return nullptr;
}
// [end]

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "event/interest.h"
#include "tests/support/socket.h"

// Of migrating_libevent_reversed.cc, which includes the headers the other way
// round: whether either library reports that `handle` is readable.
bool BothReportReadable(event_selector::Handle handle);

namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::HasLibevent;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::SocketPair;

std::vector<event_selector::Event>* reported = nullptr;

class MigratingLibeventTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasLibevent()) {
      GTEST_SKIP() << "libevent's headers are installed, but not libevent 2.1 "
                      "itself (Debian: libevent-core-2.1-7)";
    }
    reported = &reported_;
    base_ = event_base_new();
    ASSERT_NE(base_, nullptr);
    watch_ = WatchSelector(base_, *selector_);
    ASSERT_NE(watch_, nullptr);
  }
  void TearDown() override {
    if (watch_ != nullptr) event_free(watch_);
    if (base_ != nullptr) event_base_free(base_);
  }

  // One round of libevent's loop, which does not block. (With EVLOOP_NONBLOCK
  // alone, it goes on for as long as something is ready.)
  void RunOnce() {
    ASSERT_GE(event_base_loop(base_, EVLOOP_ONCE | EVLOOP_NONBLOCK), 0);
  }
  void Register(const SocketPair& pair, event_selector::Token token) {
    ASSERT_TRUE(
        selector_
            ->Add(pair.a.handle(), token, event_selector::Interest::kReadable)
            .ok());
  }

  std::vector<event_selector::Event> reported_;
  std::unique_ptr<event_selector::Selector> selector_ =
      event_selector::Selector::Create().value();
  struct event_base* base_ = nullptr;
  struct event* watch_ = nullptr;
};

TEST_F(MigratingLibeventTest, LibeventWatchesTheSelector) {
  const SocketPair pair = MakeStreamPair();
  Register(pair, event_selector::Token(7));
  RunOnce();
  EXPECT_TRUE(reported_.empty());

  SendAll(pair.b.handle(), "hello");
  RunOnce();
  ASSERT_EQ(reported_.size(), 1u);
  EXPECT_EQ(reported_[0].token, event_selector::Token(7));
  EXPECT_TRUE(reported_[0].readiness.readable());

  RunOnce();  // Level, both: what was not read is reported again.
  EXPECT_EQ(reported_.size(), 2u);
}

TEST_F(MigratingLibeventTest, WhatHasNotMovedYetIsServedBeside) {
  const SocketPair moved = MakeStreamPair();
  const SocketPair old = MakeStreamPair();
  Register(moved, event_selector::Token(7));
  int calls = 0;
  struct event* const of_old = event_new(
      base_, old.a.handle(), EV_READ | EV_PERSIST,
      [](evutil_socket_t, short, void* count) { ++*static_cast<int*>(count); },
      &calls);
  ASSERT_NE(of_old, nullptr);
  ASSERT_EQ(event_add(of_old, nullptr), 0);
  SendAll(moved.b.handle(), "hello");
  SendAll(old.b.handle(), "hello");
  RunOnce();
  EXPECT_EQ(reported_.size(), 1u);
  EXPECT_EQ(calls, 1);
  event_free(of_old);
}

TEST_F(MigratingLibeventTest, MoreThanASpanIsReportedInFurtherCalls) {
  constexpr unsigned kPairs = 100;
  std::vector<SocketPair> pairs;
  for (unsigned i = 0; i < kPairs; ++i) {
    pairs.push_back(MakeStreamPair());
    Register(pairs.back(), event_selector::Token(i));
    SendAll(pairs.back().b.handle(), "hello");
  }
  RunOnce();
  RunOnce();
  std::set<std::uint64_t> tokens;
  for (const event_selector::Event& event : reported_) {
    tokens.insert(event.token.value());
  }
  EXPECT_EQ(tokens.size(), std::size_t{kPairs});
}

TEST_F(MigratingLibeventTest, AWakeUpPassesThroughLibevent) {
  ASSERT_TRUE(selector_->Wake().ok());
  EXPECT_TRUE(
      AwaitReadable(selector_->descriptor().value(), absl::ZeroDuration()));
  RunOnce();
  EXPECT_TRUE(reported_.empty());
  EXPECT_FALSE(
      AwaitReadable(selector_->descriptor().value(), absl::ZeroDuration()))
      << "it was not taken";
}

TEST_F(MigratingLibeventTest, TheHeadersMayComeInTheOtherOrder) {
  const SocketPair pair = MakeStreamPair();
  EXPECT_FALSE(BothReportReadable(pair.a.handle()));
  SendAll(pair.b.handle(), "hello");
  EXPECT_TRUE(BothReportReadable(pair.a.handle()));
}

}  // namespace

void OnReady(event_selector::Token token, event_selector::Readiness readiness) {
  reported->push_back({token, readiness});
}

#else

namespace {

TEST(MigratingLibeventTest, NeedsLibevent) {
  GTEST_SKIP() << "libevent's headers are not installed (Debian: libevent-dev)";
}

}  // namespace

#endif
