// Selector::descriptor: a selector that is watched by another loop.

#include <poll.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NestingContract : public ContractTest {
 protected:
  // Whether the outer loop, poll(2), is told of the selector, for sure if it is
  // (`timeout_ms` < 0) or by a glance (0).
  bool IsReported(int timeout_ms) {
    pollfd watched = {selector().descriptor().value(), POLLIN, 0};
    return poll(&watched, 1, timeout_ms) == 1 && watched.revents == POLLIN;
  }

  void Watch(Interest interest = Interest::kReadable) {
    ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), interest), IsOk());
  }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(NestingContract);

TEST_P(NestingContract, S5TheDescriptorIsReadableWhileWaitWouldReturn) {
  EVENT_REQUIRE_DESCRIPTOR();
  Watch();
  // Now and then it is reported for nothing: with kqueue, for the direction
  // that is watched for its end only.
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_FALSE(IsReported(0));
  SendAll(pair_.b.handle(), "x");
  EXPECT_TRUE(IsReported(-1));
  EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_TRUE(IsReported(-1));  // Level: not read yet.
  Drain(pair_.a.handle());
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_FALSE(IsReported(0));
}

TEST_P(NestingContract, S5AWakeUpMakesItReadableUntilItIsFetched) {
  EVENT_REQUIRE_DESCRIPTOR();
  EXPECT_FALSE(IsReported(0));
  ASSERT_THAT(selector().Wake(), IsOk());
  EXPECT_TRUE(IsReported(-1));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_FALSE(IsReported(0));
}

TEST_P(NestingContract, S5TheSelectorsOwnDescriptorIsNoHandle) {
  EVENT_REQUIRE_DESCRIPTOR();
  const Handle own = selector().descriptor().value();
  const absl::Status added = selector().Add(own, Token(1), Interest::kReadable);
  EXPECT_THAT(added, HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(added.message()), HasSubstr("part of this selector"));
  EXPECT_THAT(
      selector().Modify(own, Token(1), Interest::kReadable, Mode::kLevel),
      HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(selector().Remove(own), HasCode(absl::StatusCode::kNotFound));
}

// An outer loop that watches it edge-triggered has to wait until nothing comes:
// the rest makes no new edge.
TEST_P(NestingContract, S5AnEdgeTriggeredOuterLoopDrainsTheInnerOne) {
  EVENT_REQUIRE_DESCRIPTOR();
  SocketPair more = MakeStreamPair();
  const std::unique_ptr<Selector> outer = NewSelector();
  ASSERT_THAT(outer->Add(selector().descriptor().value(), Token(7),
                         Interest::kReadable, Mode::kEdge),
              IsOk());
  Watch();
  ASSERT_THAT(selector().Add(more.a.handle(), Token(2), Interest::kReadable),
              IsOk());
  SendAll(pair_.b.handle(), "x");
  SendAll(more.b.handle(), "x");
  Event room[4];
  const auto outer_wait = [&](absl::Duration timeout) {
    return outer->Wait(absl::MakeSpan(room), timeout).value().size();
  };
  EXPECT_EQ(outer_wait(kForSure), 1u);
  Event one[1];
  int events = 0;
  for (;;) {
    const auto ready =
        selector().Wait(absl::MakeSpan(one), absl::ZeroDuration()).value();
    if (ready.empty()) break;
    ++events;
    Drain(ready[0].token == Token(1) ? pair_.a.handle() : more.a.handle());
  }
  EXPECT_EQ(events, 2);
  // Drained, the next change is an edge again.
  SendAll(pair_.b.handle(), "y");
  EXPECT_EQ(outer_wait(kForSure), 1u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
