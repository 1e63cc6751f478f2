// A selector's own descriptor, watched by another loop.

#include <poll.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool IsReadableByPoll(Handle handle) {
  pollfd watched = {handle, POLLIN, 0};
  return poll(&watched, 1, 0) == 1 && watched.revents == POLLIN;
}

class EpollNestingTest : public ::testing::Test {
 protected:
  static absl::Span<Event> Poll(EpollSelector& selector) {
    static Event events[8];
    return selector.Wait(absl::MakeSpan(events), absl::ZeroDuration()).value();
  }

  std::unique_ptr<EpollSelector> inner_ = EpollSelector::Create().value();
  std::unique_ptr<EpollSelector> outer_ = EpollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
};

TEST_F(EpollNestingTest, TheDescriptorIsReadableWhileAnEventIsThere) {
  const Handle handle = pair_.a.handle();
  ASSERT_TRUE(inner_->Add(handle, Token(1), Interest::kReadable).ok());
  EXPECT_FALSE(IsReadableByPoll(inner_->descriptor().value()));
  SendAll(pair_.b.handle(), "x");
  EXPECT_TRUE(IsReadableByPoll(inner_->descriptor().value()));
  Drain(handle);
  EXPECT_FALSE(IsReadableByPoll(inner_->descriptor().value()));
}

TEST_F(EpollNestingTest, AWakeUpMakesItReadableUntilItIsFetched) {
  EXPECT_FALSE(IsReadableByPoll(inner_->descriptor().value()));
  ASSERT_TRUE(inner_->Wake().ok());
  EXPECT_TRUE(IsReadableByPoll(inner_->descriptor().value()));
  EXPECT_THAT(Poll(*inner_), IsEmpty());
  EXPECT_FALSE(IsReadableByPoll(inner_->descriptor().value()));
}

TEST_F(EpollNestingTest, OneSelectorWatchesAnother) {
  ASSERT_TRUE(
      outer_->Add(inner_->descriptor().value(), Token(7), Interest::kReadable)
          .ok());
  EXPECT_THAT(Poll(*outer_), IsEmpty());
  ASSERT_TRUE(
      inner_->Add(pair_.a.handle(), Token(1), Interest::kReadable).ok());
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(Poll(*outer_),
              ElementsAre(Event{Token(7), Readiness::kReadable}));
  EXPECT_THAT(Poll(*inner_),
              ElementsAre(Event{Token(1), Readiness::kReadable}));
}

TEST_F(EpollNestingTest, ASelectorCannotWatchItself) {
  EXPECT_EQ(
      inner_->Add(inner_->descriptor().value(), Token(1), Interest::kReadable)
          .code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(EpollNestingTest, SelectorsCannotWatchEachOther) {
  ASSERT_TRUE(
      outer_->Add(inner_->descriptor().value(), Token(1), Interest::kReadable)
          .ok());
  const absl::Status status =
      inner_->Add(outer_->descriptor().value(), Token(1), Interest::kReadable);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("circle"));
}

TEST_F(EpollNestingTest, AnEpollDescriptorCannotBeExclusive) {
  EXPECT_EQ(outer_
                ->Add(inner_->descriptor().value(), Token(1),
                      Interest::kReadable, Mode::kExclusive)
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
