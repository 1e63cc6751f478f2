// What is a file by its type and yet has a readiness: the poll backend takes
// what epoll takes.

#include <fcntl.h>
#include <mqueue.h>
#include <unistd.h>

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/poll/poll_selector.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FilesWithReadiness : public ContractTest {};
EVENT_INSTANTIATE_CONTRACT(FilesWithReadiness);

// fstat(2) calls a POSIX message queue a regular file.
TEST_P(FilesWithReadiness, AMessageQueue) {
  if (GetParam().played_system_calls != nullptr) {
    GTEST_SKIP() << "no such thing on the system that is played";
  }
  const std::string name = absl::StrCat("/event_selector_", getpid());
  mq_attr attributes = {};
  attributes.mq_maxmsg = 2;
  attributes.mq_msgsize = 8;
  const Socket queue(mq_open(name.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
                             0600, &attributes));
  if (queue.handle() < 0) GTEST_SKIP() << "no message queues here";
  ASSERT_EQ(mq_unlink(name.c_str()), 0);
  ASSERT_THAT(selector().Add(queue.handle(), Token(1), Interest::kReadable),
              IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  ASSERT_EQ(mq_send(queue.handle(), "x", 1, 0), 0);
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  EXPECT_THAT(selector().Modify(queue.handle(), Token(2), Interest::kWritable,
                                Mode::kLevel),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(2, Readiness::kWritable)));
  EXPECT_THAT(selector().Remove(queue.handle()), IsOk());
  EXPECT_THAT(selector().Remove(queue.handle()),
              HasCode(absl::StatusCode::kNotFound));
}

// Some files of /proc are watched, and some are not.
TEST_P(FilesWithReadiness, FilesOfProc) {
  if (GetParam().played_system_calls != nullptr) {
    GTEST_SKIP() << "no such thing on the system that is played";
  }
  const std::set<int> before = OpenDescriptors();
  const auto epoll = EpollSelector::Create().value();
  for (const char* const path : {"/proc/self/mounts", "/proc/self/status",
                                 "/proc/sys/kernel/hostname"}) {
    SCOPED_TRACE(path);
    const Socket file(open(path, O_RDONLY | O_CLOEXEC));
    ASSERT_GE(file.handle(), 0);
    const absl::Status expected =
        epoll->Add(file.handle(), Token(1), Interest::kPriority);
    EXPECT_THAT(
        selector().Add(file.handle(), Token(1),
                       Supports(Interest::kPriority) ? Interest::kPriority
                                                     : Interest::kNone),
        HasCode(expected.code()));
    if (!expected.ok()) continue;
    EXPECT_THAT(selector().Remove(file.handle()), IsOk());
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
