#include "event/readiness.h"

#include "event/interest.h"
#include "gtest/gtest.h"
#include "tests/event/print.h"

#if defined(__linux__)
#include <sys/epoll.h>
#endif

namespace event_selector {
namespace {

static_assert(Readiness::kReadable.bits() == 0x1, "");
static_assert(Readiness::kPriority.bits() == 0x2, "");
static_assert(Readiness::kWritable.bits() == 0x4, "");
static_assert(Readiness::kError.bits() == 0x8, "");
static_assert(Readiness::kHangup.bits() == 0x10, "");
static_assert(Readiness::kReadClosed.bits() == 0x2000, "");

#if defined(__linux__)
static_assert(Readiness::kReadable.bits() == EPOLLIN, "");
static_assert(Readiness::kPriority.bits() == EPOLLPRI, "");
static_assert(Readiness::kWritable.bits() == EPOLLOUT, "");
static_assert(Readiness::kError.bits() == EPOLLERR, "");
static_assert(Readiness::kHangup.bits() == EPOLLHUP, "");
static_assert(Readiness::kReadClosed.bits() == EPOLLRDHUP, "");
#endif

// What was asked for is reported by the same bit.
static_assert(Readiness::kReadable.bits() == Interest::kReadable.bits(), "");
static_assert(Readiness::kWritable.bits() == Interest::kWritable.bits(), "");
static_assert(Readiness::kPriority.bits() == Interest::kPriority.bits(), "");
static_assert(Readiness::kReadClosed.bits() == Interest::kReadClosed.bits(),
              "");

// How many of the six questions `readiness` answers with yes.
constexpr int Answers(Readiness readiness) {
  return readiness.readable() + readiness.writable() + readiness.priority() +
         readiness.read_closed() + readiness.hangup() + readiness.error();
}

TEST(ReadinessTest, EachQuestionAsksForItsOwnBit) {
  static_assert(Readiness::kReadable.readable(), "");
  static_assert(Readiness::kWritable.writable(), "");
  static_assert(Readiness::kPriority.priority(), "");
  static_assert(Readiness::kReadClosed.read_closed(), "");
  static_assert(Readiness::kHangup.hangup(), "");
  static_assert(Readiness::kError.error(), "");

  static_assert(Answers(Readiness::kReadable) == 1, "");
  static_assert(Answers(Readiness::kWritable) == 1, "");
  static_assert(Answers(Readiness::kPriority) == 1, "");
  static_assert(Answers(Readiness::kReadClosed) == 1, "");
  static_assert(Answers(Readiness::kHangup) == 1, "");
  static_assert(Answers(Readiness::kError) == 1, "");

  static_assert(Answers(Readiness()) == 0, "");
  static_assert(Answers(Readiness::kReadable | Readiness::kHangup) == 2, "");
  static_assert(Answers(Readiness::FromBits(0xffffffff)) == 6, "");
}

TEST(ReadinessTest, Prints) {
  EXPECT_EQ(Readiness().ToString(), "none");
  EXPECT_EQ(Readiness::kReadable.ToString(), "readable");
  EXPECT_EQ(Readiness::kWritable.ToString(), "writable");
  EXPECT_EQ(Readiness::kPriority.ToString(), "priority");
  EXPECT_EQ(Readiness::kReadClosed.ToString(), "read_closed");
  EXPECT_EQ(Readiness::kHangup.ToString(), "hangup");
  EXPECT_EQ(Readiness::kError.ToString(), "error");
  EXPECT_EQ((Readiness::kReadClosed | Readiness::kReadable).ToString(),
            "readable|read_closed");
  EXPECT_EQ(Readiness::FromBits(0x201f).ToString(),
            "readable|writable|priority|read_closed|hangup|error");
}

TEST(ReadinessTest, PrintsUnknownBitsLast) {
  EXPECT_EQ(Readiness::FromBits(0x40).ToString(), "0x40");
  EXPECT_EQ(PrintByStream(Readiness::FromBits(0x80000051)),
            "readable|hangup|0x80000040");
}

}  // namespace
}  // namespace event_selector
