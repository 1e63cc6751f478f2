// The ring by itself: what the kernel does with requests, and that PollRing
// takes it as it comes.

#include "backends/io_uring/poll_ring.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "backends/posix/unique_descriptor.h"
#include "event/internal/wait_timeout.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace io_uring {
namespace {

constexpr std::uint64_t kFailure = ~std::uint64_t{0};

class PollRingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status status = ring_.Open();
    if (!status.ok()) GTEST_SKIP() << status;
    ASSERT_EQ(ring_.Enable(), 0);
  }

  // Another eventfd, which is `ready` or not.
  int Open(bool ready) {
    eventfds_.emplace_back(eventfd(ready ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK));
    return eventfds_.back().get();
  }
  static void Write(int descriptor) {
    const std::uint64_t one = 1;
    ASSERT_EQ(write(descriptor, &one, sizeof(one)), ssize_t{sizeof(one)});
  }

  // All completions that come without waiting, by their data: how many.
  std::map<std::uint64_t, int> Take() {
    std::map<std::uint64_t, int> counts;
    do {
      EXPECT_EQ(ring_.Submit(), 0);
      for (; ring_.ready() != 0; ring_.Pop()) {
        last_ = ring_.Front();
        ++counts[last_.data];
      }
    } while (ring_.has_news());
    return counts;
  }

  PollRing ring_;
  PollRing::Completion last_ = {};
  std::vector<posix::UniqueDescriptor> eventfds_;
};

TEST_F(PollRingTest, ARequestCompletesOnce) {
  const int descriptor = Open(false);
  ASSERT_EQ(ring_.Poll(descriptor, POLLIN, 7, false), 0);
  EXPECT_TRUE(ring_.has_unsent());
  EXPECT_TRUE(Take().empty());
  EXPECT_FALSE(ring_.has_unsent());
  EXPECT_FALSE(ring_.has_news());
  Write(descriptor);
  EXPECT_TRUE(ring_.has_news());
  EXPECT_EQ(Take()[7], 1);
  EXPECT_EQ(last_.result, POLLIN);
  EXPECT_FALSE(last_.has_more);
  Write(descriptor);
  EXPECT_TRUE(Take().empty());
}

TEST_F(PollRingTest, OneThatGoesOnCompletesForEachChange) {
  const int descriptor = Open(true);
  ASSERT_EQ(ring_.Poll(descriptor, POLLIN, 7, true), 0);
  EXPECT_EQ(Take()[7], 1);
  EXPECT_TRUE(last_.has_more);
  EXPECT_TRUE(Take().empty());
  Write(descriptor);
  EXPECT_EQ(Take()[7], 1);
  EXPECT_TRUE(last_.has_more);
}

TEST_F(PollRingTest, OneThatIsCancelledIsOverWhenTheKernelWasEntered) {
  const int descriptor = Open(false);
  ASSERT_EQ(ring_.Poll(descriptor, POLLIN, 7, false), 0);
  Take();
  ASSERT_EQ(ring_.Cancel(7, kFailure), 0);
  EXPECT_EQ(Take()[7], 1);
  EXPECT_EQ(last_.result, -ECANCELED);
  Write(descriptor);
  EXPECT_TRUE(Take().empty());
  // There is none any more.
  ASSERT_EQ(ring_.Cancel(7, kFailure), 0);
  EXPECT_EQ(Take()[kFailure], 1);
  EXPECT_EQ(last_.result, -ENOENT);
}

TEST_F(PollRingTest, AFullQueueIsSentAndNothingIsLost) {
  constexpr std::uint64_t kMany = 3000;  // Of 512 places.
  const int descriptor = Open(true);
  const std::uint32_t entries = ring_.entries();
  for (std::uint64_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(ring_.Poll(descriptor, POLLIN, i, false), 0);
  }
  EXPECT_EQ(ring_.entries() - entries, kMany / 512);
  const std::map<std::uint64_t, int> counts = Take();
  EXPECT_EQ(counts.size(), kMany);
  for (const auto& [data, count] : counts) ASSERT_EQ(count, 1) << data;
}

// The completion queue has 4,096 places.
TEST_F(PollRingTest, CompletionsThatFindNoRoomComeLater) {
  constexpr std::uint64_t kMany = 10'000;
  const int descriptor = Open(true);
  for (std::uint64_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(ring_.Poll(descriptor, POLLIN, i, false), 0);
  }
  ASSERT_EQ(ring_.Submit(), 0);
  EXPECT_EQ(ring_.ready(), 4096u);
  EXPECT_TRUE(ring_.has_news());
  const std::map<std::uint64_t, int> counts = Take();
  EXPECT_EQ(counts.size(), kMany);
  for (const auto& [data, count] : counts) ASSERT_EQ(count, 1) << data;
}

TEST_F(PollRingTest, OneThatGoesOnEndsWhereThereIsNoRoomAndSaysSo) {
  const int going_on = Open(false);
  ASSERT_EQ(ring_.Poll(going_on, POLLIN, 1, true), 0);
  ASSERT_EQ(ring_.Submit(), 0);
  const int descriptor = Open(true);
  for (std::uint64_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(ring_.Poll(descriptor, POLLIN, 1000 + i, false), 0);
  }
  ASSERT_EQ(ring_.Submit(), 0);
  Write(going_on);
  ASSERT_EQ(ring_.Submit(), 0);
  int completions = 0;
  bool has_ended = false;
  do {
    for (; ring_.ready() != 0; ring_.Pop()) {
      if (ring_.Front().data != 1) continue;
      ++completions;
      EXPECT_EQ(ring_.Front().result, POLLIN);
      has_ended = !ring_.Front().has_more;
    }
    ASSERT_EQ(ring_.Submit(), 0);
  } while (ring_.ready() != 0 || ring_.has_news());
  EXPECT_EQ(completions, 1);
  EXPECT_TRUE(has_ended);
}

TEST_F(PollRingTest, ADescriptorThatIsNotOpenFailsAloneAndLate) {
  const int good = Open(true);
  ASSERT_EQ(ring_.Poll(1'000'000, POLLIN, 1, false), 0);
  ASSERT_EQ(ring_.Poll(good, POLLIN, 2, false), 0);
  ASSERT_EQ(ring_.Submit(), 0);
  ASSERT_EQ(ring_.ready(), 2u);
  EXPECT_EQ(ring_.Front().data, 1u);
  EXPECT_EQ(ring_.Front().result, -EBADF);
  ring_.Pop();
  EXPECT_EQ(ring_.Front().result, POLLIN);
}

// What the selector has to know (handle_kind.h, registration.h).
TEST_F(PollRingTest, AFileIsReportedReadyInsteadOfRefused) {
  const posix::UniqueDescriptor file(memfd_create("file", MFD_CLOEXEC));
  ASSERT_EQ(ring_.Poll(file.get(), POLLIN, 1, false), 0);
  EXPECT_EQ(Take()[1], 1);
  EXPECT_EQ(last_.result, POLLIN);
}

TEST_F(PollRingTest, AWaitLastsAsLongAsItsTimeout) {
  for (const absl::Duration timeout :
       {absl::Nanoseconds(1), absl::Microseconds(200), absl::Milliseconds(3)}) {
    internal::WaitTimeout remaining(timeout);
    ASSERT_EQ(ring_.Wait(remaining), 0);
    remaining.Refresh();
    EXPECT_EQ(remaining.remaining_ns(), 0) << timeout;
    EXPECT_EQ(ring_.ready(), 0u);
  }
}

TEST_F(PollRingTest, AllRequestsEndTogether) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_EQ(ring_.Poll(Open(false), POLLIN, i, i % 2 == 0), 0);
  }
  Take();
  ASSERT_EQ(ring_.CancelAll(kFailure), 0);
  const std::map<std::uint64_t, int> counts = Take();
  EXPECT_EQ(counts.size(), 101u);
  for (const posix::UniqueDescriptor& each : eventfds_) Write(each.get());
  EXPECT_TRUE(Take().empty());
}

TEST(ClosedPollRingTest, CanBeOpenedAgain) {
  PollRing ring;
  if (!ring.Open().ok()) GTEST_SKIP();
  ring.Close();
  EXPECT_FALSE(ring.is_open());
  ASSERT_TRUE(ring.Open().ok());
  EXPECT_EQ(ring.Enable(), 0);
}

}  // namespace
}  // namespace io_uring
}  // namespace event_selector
