// What the search of the waker's model has found, replayed on the real waker.

#include <sys/epoll.h>

#include "absl/time/time.h"
#include "backends/epoll/epoll_queue.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/internal/wait_timeout.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace testing {
namespace {

// An `Add` with the waker's token that saw the selector open, and arrives after
// `Close`: the move must not replace what wakes every `Wait` by what wakes one.
TEST(WakerModelReplay, K5AMoveAfterWakeForeverLeavesEveryWaitAwake) {
  epoll::EpollQueue queue;
  epoll::EventfdWaker waker;
  ASSERT_TRUE(queue.Open().ok());
  ASSERT_TRUE(waker.Open(queue).ok());
  waker.WakeForever();
  waker.ShareToken().IgnoreError();
  for (int i = 0; i < 3; ++i) {
    epoll_event event;
    internal::WaitTimeout none(absl::ZeroDuration());
    EXPECT_EQ(queue.Wait(&event, 1, none), 1) << "wait " << i;
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
