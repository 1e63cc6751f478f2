#include "event/interest.h"

#include "gtest/gtest.h"
#include "tests/event/print.h"

#if defined(__linux__)
#include <sys/epoll.h>
#endif

namespace event_selector {
namespace {

static_assert(Interest::kNone == Interest(), "");
static_assert(Interest::kNone.bits() == 0, "");
static_assert(Interest::kReadable.bits() == 0x1, "");
static_assert(Interest::kPriority.bits() == 0x2, "");
static_assert(Interest::kWritable.bits() == 0x4, "");
static_assert(Interest::kReadClosed.bits() == 0x2000, "");

#if defined(__linux__)
static_assert(Interest::kReadable.bits() == EPOLLIN, "");
static_assert(Interest::kPriority.bits() == EPOLLPRI, "");
static_assert(Interest::kWritable.bits() == EPOLLOUT, "");
static_assert(Interest::kReadClosed.bits() == EPOLLRDHUP, "");
#endif

TEST(InterestTest, Prints) {
  EXPECT_EQ(Interest::kNone.ToString(), "none");
  EXPECT_EQ(Interest::kReadable.ToString(), "readable");
  EXPECT_EQ(Interest::kWritable.ToString(), "writable");
  EXPECT_EQ(Interest::kPriority.ToString(), "priority");
  EXPECT_EQ(Interest::kReadClosed.ToString(), "read_closed");
  EXPECT_EQ((Interest::kWritable | Interest::kReadable).ToString(),
            "readable|writable");
  EXPECT_EQ((Interest::kReadable | Interest::kWritable | Interest::kPriority |
             Interest::kReadClosed)
                .ToString(),
            "readable|writable|priority|read_closed");
}

TEST(InterestTest, PrintsUnknownBitsLast) {
  // Hang-up and error are bits of Readiness alone.
  EXPECT_EQ(Interest::FromBits(0x18).ToString(), "0x18");
  EXPECT_EQ(Interest::FromBits(0x19).ToString(), "readable|0x18");
  EXPECT_EQ(PrintByStream(Interest::FromBits(0x80002001)),
            "readable|read_closed|0x80000000");
}

}  // namespace
}  // namespace event_selector
