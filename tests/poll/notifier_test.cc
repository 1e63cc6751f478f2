// The notifier by each of its means.

#include "backends/poll/notifier.h"

#include <fcntl.h>

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace poll {
namespace {

using testing::AwaitReadable;
using testing::IsCloseOnExec;
using testing::OpenDescriptors;

class NotifierTest : public ::testing::TestWithParam<Notifier::Kind> {
 protected:
  void SetUp() override {
    const absl::Status status = notifier_.Open(GetParam());
    if (status.code() == absl::StatusCode::kUnimplemented) {
      GTEST_SKIP() << status;
    }
    ASSERT_TRUE(status.ok()) << status;
  }

  bool IsReadable() const {
    return AwaitReadable(notifier_.descriptor(), absl::ZeroDuration());
  }

  const std::set<int> before_ = OpenDescriptors();
  Notifier notifier_;
};

INSTANTIATE_TEST_SUITE_P(
    Kinds, NotifierTest,
    ::testing::Values(Notifier::Kind::kEventfd, Notifier::Kind::kPipe),
    [](const ::testing::TestParamInfo<Notifier::Kind>& each) {
      return std::string(each.param == Notifier::Kind::kEventfd ? "Eventfd"
                                                                : "Pipe");
    });

TEST_P(NotifierTest, IsReadableFromNotifyToReset) {
  EXPECT_FALSE(IsReadable());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(notifier_.Notify());
    EXPECT_TRUE(IsReadable());
    EXPECT_TRUE(notifier_.Reset());
    EXPECT_FALSE(IsReadable());
  }
}

TEST_P(NotifierTest, ResetWithoutNotifyDoesNotBlock) {
  EXPECT_TRUE(notifier_.Reset());
  EXPECT_FALSE(IsReadable());
}

// More than a pipe holds: it is readable all the same, and gets empty.
TEST_P(NotifierTest, NoNumberOfNotifiesBlocksOrFails) {
  for (int i = 0; i < 20000; ++i) ASSERT_TRUE(notifier_.Notify());
  for (int i = 0; i < 20000 && IsReadable(); ++i) {
    ASSERT_TRUE(notifier_.Reset());
  }
  EXPECT_FALSE(IsReadable());
}

TEST_P(NotifierTest, ItsDescriptorsAreItsOwnAndGoWithIt) {
  int count = 0;
  for (const int descriptor : OpenDescriptors()) {
    if (before_.count(descriptor) != 0) {
      EXPECT_FALSE(notifier_.Owns(descriptor)) << descriptor;
      continue;
    }
    ++count;
    EXPECT_TRUE(notifier_.Owns(descriptor)) << descriptor;
    EXPECT_TRUE(IsCloseOnExec(descriptor)) << descriptor;
    EXPECT_NE(fcntl(descriptor, F_GETFL) & O_NONBLOCK, 0) << descriptor;
  }
  EXPECT_EQ(count, GetParam() == Notifier::Kind::kEventfd ? 1 : 2);
  EXPECT_FALSE(notifier_.Owns(-1));
  notifier_ = Notifier();
  EXPECT_EQ(OpenDescriptors(), before_);
}

}  // namespace
}  // namespace poll
}  // namespace event_selector
