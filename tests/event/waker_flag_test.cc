#include "event/internal/waker_flag.h"

#include <cerrno>

#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

class WakerFlagTest : public ::testing::Test {
 protected:
  bool Wake() {
    return flag_.Wake([this] {
      ++signals_;
      errno = EPERM;
      return is_sent_;
    });
  }

  WakerFlag flag_;
  int signals_ = 0;
  bool is_sent_ = true;
};

TEST_F(WakerFlagTest, OnlyTheFirstOfSeveralSignals) {
  EXPECT_FALSE(flag_.is_pending());
  EXPECT_TRUE(Wake());
  EXPECT_TRUE(Wake());
  EXPECT_TRUE(flag_.is_pending());
  EXPECT_EQ(signals_, 1);
}

TEST_F(WakerFlagTest, AfterItIsAcknowledgedTheNextSignalsAgain) {
  EXPECT_TRUE(Wake());
  EXPECT_TRUE(flag_.Acknowledge());
  EXPECT_FALSE(flag_.Acknowledge());  // Nobody asked for another one.
  EXPECT_TRUE(Wake());
  EXPECT_EQ(signals_, 2);
}

TEST_F(WakerFlagTest, ASignalThatFailsIsNotPending) {
  is_sent_ = false;
  EXPECT_FALSE(Wake());
  EXPECT_FALSE(flag_.is_pending());
  is_sent_ = true;
  EXPECT_TRUE(Wake());
  EXPECT_EQ(signals_, 2);
}

TEST_F(WakerFlagTest, KeepsErrno) {
  for (const bool is_sent : {false, true}) {
    is_sent_ = is_sent;
    errno = ENOENT;
    Wake();
    EXPECT_EQ(errno, ENOENT);
  }
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
