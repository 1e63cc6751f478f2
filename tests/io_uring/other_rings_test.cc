// Rings of somebody else in the thread that waits.

#include <liburing.h>
#include <poll.h>

#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;

// Makes a ring and closes it while a request is pending: the kernel ends the
// request in this thread, and the thread's next call that blocks is
// interrupted as by a signal, which nobody has sent. False if the system
// refuses rings.
bool CloseARing(Handle handle, unsigned flags) {
  io_uring ring = {};
  if (io_uring_queue_init(4, &ring, flags) != 0) return false;
  io_uring_sqe* const entry = io_uring_get_sqe(&ring);
  io_uring_prep_poll_add(entry, handle, POLLIN);
  EXPECT_EQ(io_uring_submit(&ring), 1);
  io_uring_queue_exit(&ring);
  return true;
}

class OtherRingsTest : public ContractTest {
 protected:
  SocketPair pair_ = MakeStreamPair();
  SocketPair others_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(OtherRingsTest);

TEST_P(OtherRingsTest, ClosingARingEndsNoWait) {
  constexpr absl::Duration kTimeout = absl::Milliseconds(20);
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  for (const unsigned flags :
       {0u, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN}) {
    for (int i = 0; i < 5; ++i) {
      if (!CloseARing(others_.a.handle(), flags)) {
        GTEST_SKIP() << "the system refuses io_uring";
      }
      const Stopwatch stopwatch;
      EXPECT_THAT(WaitFor(kTimeout), IsEmpty());
      EXPECT_THAT(stopwatch.Elapsed(), Ge(kTimeout));
    }
  }
  ASSERT_TRUE(CloseARing(others_.a.handle(), 0));
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(HasToken(1)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
