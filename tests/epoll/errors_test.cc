// What the system's refusals become: the status, nothing leaked, and a selector
// that goes on working.

#include <sys/epoll.h>

#include <cerrno>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/linux/system_calls.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

// Fails calls with the errors that the test sets; 0 lets a call pass.
class FailingSystemCalls : public SystemCalls {
 public:
  int EpollCreate1(int flags) override {
    return Fails(create_error) ? -1 : SystemCalls::EpollCreate1(flags);
  }
  int Eventfd(unsigned int count, int flags) override {
    return Fails(eventfd_error) ? -1 : SystemCalls::Eventfd(count, flags);
  }
  int EpollCtl(int epoll, int operation, int descriptor,
               epoll_event* event) override {
    if (controls_to_pass-- > 0) {
      return SystemCalls::EpollCtl(epoll, operation, descriptor, event);
    }
    return Fails(control_error)
               ? -1
               : SystemCalls::EpollCtl(epoll, operation, descriptor, event);
  }
  int EpollWait(int epoll, epoll_event* events, int room,
                int timeout) override {
    return Fails(wait_error)
               ? -1
               : SystemCalls::EpollWait(epoll, events, room, timeout);
  }

  int create_error = 0;
  int eventfd_error = 0;
  int control_error = 0;
  int controls_to_pass = 0;
  int wait_error = 0;

 private:
  static bool Fails(int error) {
    if (error != 0) errno = error;
    return error != 0;
  }
};

struct Expectation {
  int error;
  absl::StatusCode code;
};

class EpollErrorsTest : public ::testing::Test {
 protected:
  // The code of `Create`, which must leave nothing behind.
  absl::StatusCode CodeOfCreate() {
    const std::set<int> before = OpenDescriptors();
    const absl::Status status = EpollSelector::Create().status();
    EXPECT_EQ(OpenDescriptors(), before);
    EXPECT_FALSE(status.ok() || status.message().empty());
    return status.code();
  }

  FailingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
  SocketPair pair_ = MakeStreamPair();
  Handle handle_ = pair_.a.handle();
};

TEST_F(EpollErrorsTest, Create) {
  for (const Expectation& test : std::vector<Expectation>{
           {EMFILE, kResourceExhausted},
           {ENFILE, kResourceExhausted},
           {ENOMEM, kResourceExhausted},
           {ENOSYS, absl::StatusCode::kUnimplemented},
           {EINVAL, absl::StatusCode::kInternal},
       }) {
    SCOPED_TRACE(test.error);
    calls_.create_error = test.error;
    EXPECT_EQ(CodeOfCreate(), test.code);
    calls_.create_error = 0;
    calls_.eventfd_error = test.error;
    EXPECT_EQ(CodeOfCreate(), test.code);
    calls_.eventfd_error = 0;
  }
  for (const int error : {ENOMEM, ENOSPC}) {
    calls_.control_error = error;
    EXPECT_EQ(CodeOfCreate(), kResourceExhausted);
  }
}

TEST_F(EpollErrorsTest, RegistrationsThatFindNoRoom) {
  const auto selector = EpollSelector::Create().value();
  for (const int error : {ENOSPC, ENOMEM}) {
    calls_.control_error = error;
    EXPECT_EQ(selector->Add(handle_, Token(1), Interest::kReadable).code(),
              kResourceExhausted);
  }
  calls_.control_error = ENOSPC;
  EXPECT_THAT(
      std::string(
          selector->Add(handle_, Token(1), Interest::kReadable).message()),
      HasSubstr("max_user_watches"));
  calls_.control_error = 0;
  EXPECT_TRUE(selector->Add(handle_, Token(1), Interest::kReadable).ok());
}

TEST_F(EpollErrorsTest, AnErrorThatNoManualPageNames) {
  const auto selector = EpollSelector::Create().value();
  calls_.control_error = EIO;
  const absl::Status status =
      selector->Add(handle_, Token(1), Interest::kReadable);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("epoll_ctl"));
}

TEST_F(EpollErrorsTest, AWaitThatFails) {
  const auto selector = EpollSelector::Create().value();
  ASSERT_TRUE(selector->Add(handle_, Token(1), Interest::kWritable).ok());
  Event events[2];
  calls_.wait_error = EBADF;
  EXPECT_EQ(selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration())
                .status()
                .code(),
            absl::StatusCode::kInternal);
  calls_.wait_error = 0;
  EXPECT_THAT(
      selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration()).value(),
      ElementsAre(Event{Token(1), Readiness::kWritable}));
}

// The waker's token needs one descriptor more: without it, the registration
// fails, and all else stays as it was.
TEST_F(EpollErrorsTest, NoDescriptorForTheNestedWaker) {
  constexpr Token kToken(epoll::EventfdWaker::kData);
  const auto selector = EpollSelector::Create().value();
  const std::set<int> before = OpenDescriptors();
  calls_.create_error = EMFILE;
  EXPECT_EQ(selector->Add(handle_, kToken, Interest::kWritable).code(),
            kResourceExhausted);
  calls_.create_error = 0;
  calls_.control_error = ENOSPC;
  for (const int passing : {0, 1}) {
    calls_.controls_to_pass = passing;
    EXPECT_EQ(selector->Add(handle_, kToken, Interest::kWritable).code(),
              kResourceExhausted);
  }
  calls_.control_error = 0;
  EXPECT_EQ(OpenDescriptors(), before);
  Event events[2];
  ASSERT_TRUE(selector->Wake().ok());
  EXPECT_TRUE(selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration())
                  .value()
                  .empty());
  ASSERT_TRUE(selector->Add(handle_, kToken, Interest::kWritable).ok());
  EXPECT_THAT(
      selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration()).value(),
      ElementsAre(Event{kToken, Readiness::kWritable}));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
