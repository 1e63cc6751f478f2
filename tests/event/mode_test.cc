#include "event/mode.h"

#include "gtest/gtest.h"
#include "tests/event/print.h"

#if defined(__linux__)
#include <sys/epoll.h>
#endif

namespace event_selector {
namespace {

static_assert(Mode::kLevel == Mode(), "");
static_assert(Mode::kLevel.bits() == 0, "");
static_assert(Mode::kEdge.bits() == 0x80000000, "");
static_assert(Mode::kOneshot.bits() == 0x40000000, "");
static_assert(Mode::kKeepAwake.bits() == 0x20000000, "");
static_assert(Mode::kExclusive.bits() == 0x10000000, "");

#if defined(__linux__)
static_assert(Mode::kEdge.bits() == EPOLLET, "");
static_assert(Mode::kOneshot.bits() == EPOLLONESHOT, "");
static_assert(Mode::kKeepAwake.bits() == EPOLLWAKEUP, "");
static_assert(Mode::kExclusive.bits() == EPOLLEXCLUSIVE, "");
#endif

TEST(ModeTest, Prints) {
  EXPECT_EQ(Mode::kLevel.ToString(), "level");
  EXPECT_EQ(Mode::kEdge.ToString(), "edge");
  EXPECT_EQ(Mode::kOneshot.ToString(), "oneshot");
  EXPECT_EQ(Mode::kExclusive.ToString(), "exclusive");
  EXPECT_EQ(Mode::kKeepAwake.ToString(), "keep_awake");
  EXPECT_EQ((Mode::kOneshot | Mode::kEdge).ToString(), "edge|oneshot");
  EXPECT_EQ((Mode::kEdge | Mode::kOneshot | Mode::kExclusive | Mode::kKeepAwake)
                .ToString(),
            "edge|oneshot|exclusive|keep_awake");
}

TEST(ModeTest, PrintsUnknownBitsLast) {
  EXPECT_EQ(Mode::FromBits(0x5).ToString(), "0x5");
  EXPECT_EQ(PrintByStream(Mode::FromBits(0x80000005)), "edge|0x5");
}

TEST(ModeTest, LevelIsPartOfEveryModeAndChangesNone) {
  static_assert((Mode::kLevel | Mode::kEdge) == Mode::kEdge, "");
  static_assert(Mode::kEdge.contains(Mode::kLevel), "");
}

}  // namespace
}  // namespace event_selector
