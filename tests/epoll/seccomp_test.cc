// A kernel that refuses epoll_pwait2, for real: a seccomp filter, such as some
// container runtimes install, answers EPERM or ENOSYS.

#include <sys/syscall.h>

#include <cerrno>
#include <memory>
#include <thread>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "event/event.h"
#include "gtest/gtest.h"
#include "tests/linux/refuse_call.h"

namespace event_selector {
namespace testing {
namespace {

class EpollSeccompTest : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Errors, EpollSeccompTest,
                         ::testing::Values(EPERM, ENOSYS));

TEST_P(EpollSeccompTest, TimeoutsAreRoundedUpToMilliseconds) {
  std::thread([] {
    const std::unique_ptr<EpollSelector> before =
        EpollSelector::Create().value();
    ASSERT_TRUE(RefuseCall(SYS_epoll_pwait2, GetParam()));
    const std::unique_ptr<EpollSelector> after =
        EpollSelector::Create().value();
    EXPECT_EQ(before->capabilities().timeout_resolution, absl::Nanoseconds(1));
    EXPECT_EQ(after->capabilities().timeout_resolution, absl::Milliseconds(1));
    for (EpollSelector* selector : {before.get(), after.get()}) {
      Event events[1];
      const auto ready =
          selector->Wait(absl::MakeSpan(events), absl::Microseconds(1));
      ASSERT_TRUE(ready.ok()) << ready.status();
      EXPECT_TRUE(ready->empty());
      EXPECT_EQ(selector->capabilities().timeout_resolution,
                absl::Milliseconds(1));
    }
  }).join();
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
