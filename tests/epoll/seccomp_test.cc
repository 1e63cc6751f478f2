// A kernel that refuses epoll_pwait2, for real: a seccomp filter, such as some
// container runtimes install, answers EPERM or ENOSYS.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "event/event.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace testing {
namespace {

// From now on, epoll_pwait2 fails with `error` in the calling thread, and only
// there. For ever, so it must be a thread of the test's own.
bool RefuseEpollPwait2(int error) {
  const auto answer = static_cast<std::uint32_t>(SECCOMP_RET_ERRNO) |
                      static_cast<std::uint32_t>(error);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_pwait2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {};
  program.len = sizeof(filter) / sizeof(filter[0]);
  program.filter = filter;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

class EpollSeccompTest : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Errors, EpollSeccompTest,
                         ::testing::Values(EPERM, ENOSYS));

TEST_P(EpollSeccompTest, TimeoutsAreRoundedUpToMilliseconds) {
  std::thread([] {
    const std::unique_ptr<EpollSelector> before =
        EpollSelector::Create().value();
    ASSERT_TRUE(RefuseEpollPwait2(GetParam()));
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
