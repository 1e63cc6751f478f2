// What is asked of poll(2), and what its answers mean.

#include "backends/poll/poll_events.h"

#include <poll.h>

#include <initializer_list>

#include "event/interest.h"
#include "event/readiness.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace poll {
namespace {

// What the macros are, which are int, in `struct pollfd`.
constexpr short kHangup = POLLHUP;
constexpr short kError = POLLERR;

constexpr bool kHides = true;
constexpr bool kShows = false;

TEST(PollEventsTest, EachInterestIsAskedFor) {
  EXPECT_EQ(ToPollEvents(Interest::kNone), 0);
  EXPECT_EQ(ToPollEvents(Interest::kReadable), POLLIN);
  EXPECT_EQ(ToPollEvents(Interest::kWritable), POLLOUT);
  EXPECT_EQ(ToPollEvents(Interest::kPriority), POLLPRI);
  EXPECT_EQ(ToPollEvents(Interest::kReadClosed), kPollReadClosed);
  EXPECT_EQ(ToPollEvents(Interest::kReadable | Interest::kWritable),
            POLLIN | POLLOUT);
}

TEST(PollEventsTest, EachAnswerIsTold) {
  EXPECT_EQ(ToReadiness(0, Interest::kReadable), Readiness());
  EXPECT_EQ(ToReadiness(POLLIN, Interest::kReadable), Readiness::kReadable);
  EXPECT_EQ(ToReadiness(POLLOUT, Interest::kWritable), Readiness::kWritable);
  EXPECT_EQ(ToReadiness(POLLPRI, Interest::kPriority), Readiness::kPriority);
  EXPECT_EQ(ToReadiness(POLLHUP, Interest::kNone), Readiness::kHangup);
  EXPECT_EQ(ToReadiness(POLLERR, Interest::kNone), Readiness::kError);
  EXPECT_EQ(ToReadiness(POLLIN | POLLHUP, Interest::kReadable),
            Readiness::kReadable | Readiness::kHangup);
  EXPECT_EQ(ToReadiness(POLLNVAL, Interest::kReadable), Readiness());
}

TEST(PollEventsTest, ReadClosedIsTheSystemsToTell) {
  if (kPollReadClosed == 0) {
    EXPECT_FALSE(kPollInterests.contains(Interest::kReadClosed));
    return;
  }
  EXPECT_TRUE(kPollInterests.contains(Interest::kReadClosed));
  EXPECT_EQ(ToReadiness(kPollReadClosed, Interest::kReadClosed),
            Readiness::kReadClosed);
}

// P3, on systems whose POLLHUP excludes POLLOUT.
TEST(PollEventsTest, AHangupIsWritableToWhoAskedForThat) {
  for (const short gone : {kHangup, kError}) {
    EXPECT_TRUE(ToReadiness<kHides>(gone, Interest::kWritable).writable());
    EXPECT_FALSE(ToReadiness<kHides>(gone, Interest::kReadable).writable());
    EXPECT_FALSE(ToReadiness<kShows>(gone, Interest::kWritable).writable());
  }
  EXPECT_FALSE(ToReadiness<kHides>(POLLIN, Interest::kWritable).writable());
}

}  // namespace
}  // namespace poll
}  // namespace event_selector
