// Which flags reach the kernel for each Interest and Mode.

#include <sys/epoll.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "backends/epoll/epoll_selector.h"
#include "event/capabilities.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/linux/system_calls.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// Remembers the last epoll_ctl.
class RecordingSystemCalls : public SystemCalls {
 public:
  int EpollCtl(int epoll, int operation, int descriptor,
               epoll_event* event) override {
    last_operation = operation;
    last_descriptor = descriptor;
    last_event = *event;
    return SystemCalls::EpollCtl(epoll, operation, descriptor, event);
  }

  int last_operation = 0;
  int last_descriptor = -1;
  epoll_event last_event = {};
};

// The mask that the kernel holds for `handle`, as proc(5) describes fdinfo:
// "tfd:        5 events:       1f data: ...".
std::uint32_t KernelMask(Handle epoll, Handle handle) {
  std::ifstream info(absl::StrCat("/proc/self/fdinfo/", epoll));
  std::string line;
  while (std::getline(info, line)) {
    std::istringstream words(line);
    std::string tfd_label;
    std::string events_label;
    Handle descriptor = -1;
    std::uint32_t mask = 0;
    words >> tfd_label >> descriptor >> events_label >> std::hex >> mask;
    if (tfd_label == "tfd:" && descriptor == handle) return mask;
  }
  ADD_FAILURE() << handle << " is not in the kernel's list";
  return 0;
}

struct Case {
  Interest interest;
  Mode mode;
  std::uint32_t mask;
};

std::vector<Case> EveryInterestAndMode() {
  const std::vector<Case> interests = {
      {Interest::kReadable, {}, EPOLLIN},
      {Interest::kWritable, {}, EPOLLOUT},
      {Interest::kPriority, {}, EPOLLPRI},
      {Interest::kReadClosed, {}, EPOLLRDHUP},
      {Interest::kReadable | Interest::kWritable | Interest::kPriority |
           Interest::kReadClosed,
       {},
       EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP},
  };
  const std::vector<Case> modes = {
      {{}, Mode::kLevel, 0},
      {{}, Mode::kEdge, EPOLLET},
      {{}, Mode::kOneshot, EPOLLONESHOT},
      {{}, Mode::kKeepAwake, EPOLLWAKEUP},
      {{}, Mode::kEdge | Mode::kOneshot, EPOLLET | EPOLLONESHOT},
      {{},
       Mode::kEdge | Mode::kOneshot | Mode::kKeepAwake,
       EPOLLET | EPOLLONESHOT | EPOLLWAKEUP},
  };
  std::vector<Case> cases;
  for (const Case& interest : interests) {
    for (const Case& mode : modes) {
      cases.push_back(
          {interest.interest, mode.mode, interest.mask | mode.mask});
    }
  }
  // R6: a parked handle is edge-triggered, whatever the mode.
  for (const Case& mode : modes) {
    cases.push_back({Interest::kNone, mode.mode, mode.mask | EPOLLET});
  }
  return cases;
}

class EpollFlagsTest : public ::testing::Test {
 protected:
  std::unique_ptr<EpollSelector> selector_ = EpollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
  Handle handle_ = pair_.a.handle();
};

// The contract's tests pass over what capabilities do not list: nothing may be
// missing here.
TEST_F(EpollFlagsTest, CapabilitiesListEverything) {
  const Capabilities capabilities = selector_->capabilities();
  EXPECT_EQ(capabilities.interests, Interest::kReadable | Interest::kWritable |
                                        Interest::kPriority |
                                        Interest::kReadClosed);
  EXPECT_EQ(capabilities.modes,
            Mode::kEdge | Mode::kOneshot | Mode::kExclusive | Mode::kKeepAwake);
  EXPECT_TRUE(capabilities.hangup_without_interest);
}

TEST_F(EpollFlagsTest, EveryInterestAndModeReachesEpollCtl) {
  RecordingSystemCalls calls;
  const ScopedSystemCalls scope(calls);
  ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kReadable).ok());
  EXPECT_EQ(calls.last_operation, EPOLL_CTL_ADD);
  for (const Case& test : EveryInterestAndMode()) {
    ASSERT_TRUE(
        selector_->Modify(handle_, Token(42), test.interest, test.mode).ok());
    EXPECT_EQ(calls.last_operation, EPOLL_CTL_MOD);
    EXPECT_EQ(calls.last_descriptor, handle_);
    EXPECT_EQ(calls.last_event.events, test.mask)
        << test.interest << ", " << test.mode;
    EXPECT_EQ(std::uint64_t{calls.last_event.data.u64}, 42u);
  }
  ASSERT_TRUE(selector_->Remove(handle_).ok());
  EXPECT_EQ(calls.last_operation, EPOLL_CTL_DEL);
}

TEST_F(EpollFlagsTest, AddReachesEpollCtlAsModifyDoes) {
  RecordingSystemCalls calls;
  const ScopedSystemCalls scope(calls);
  for (const Case& test : EveryInterestAndMode()) {
    ASSERT_TRUE(
        selector_->Add(handle_, Token(42), test.interest, test.mode).ok());
    EXPECT_EQ(calls.last_event.events, test.mask);
    ASSERT_TRUE(selector_->Remove(handle_).ok());
  }
}

TEST_F(EpollFlagsTest, ExclusiveReachesTheKernel) {
  ASSERT_TRUE(selector_
                  ->Add(handle_, Token(1),
                        Interest::kReadable | Interest::kWritable,
                        Mode::kExclusive | Mode::kEdge)
                  .ok());
  constexpr std::uint32_t kExpected =
      EPOLLIN | EPOLLOUT | EPOLLET | EPOLLEXCLUSIVE;
  EXPECT_EQ(KernelMask(selector_->descriptor().value(), handle_) & kExpected,
            kExpected);
}

TEST_F(EpollFlagsTest, TheKernelHoldsWhatWasAskedFor) {
  ASSERT_TRUE(selector_->Add(handle_, Token(1), Interest::kReadable).ok());
  // The kernel adds these two to every mask, and takes EPOLLWAKEUP off where
  // the process lacks CAP_BLOCK_SUSPEND.
  constexpr std::uint32_t kAlways = EPOLLERR | EPOLLHUP;
  for (const Case& test : EveryInterestAndMode()) {
    ASSERT_TRUE(
        selector_->Modify(handle_, Token(42), test.interest, test.mode).ok());
    EXPECT_EQ(
        KernelMask(selector_->descriptor().value(), handle_) & ~EPOLLWAKEUP,
        (test.mask | kAlways) & ~EPOLLWAKEUP)
        << test.interest << ", " << test.mode;
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
