#include "tests/linux/failing_system_calls.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/linux/system_calls.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;

class FailingSystemCallsTest : public ::testing::Test {
 protected:
  // The error of one call of the kind: 0 where it did its work.
  int ErrorOf(SystemCall call) {
    errno = 0;
    return do_.at(call)() < 0 ? errno : 0;
  }
  std::vector<int> ErrorsOf(SystemCall call, int calls) {
    std::vector<int> errors;
    for (int i = 0; i < calls; ++i) errors.push_back(ErrorOf(call));
    return errors;
  }

  int Control(int operation) {
    epoll_event event = {};
    event.events = EPOLLIN;
    return epoll_ctl(epoll_.handle(), operation, pipe_.read_end.handle(),
                     &event);
  }

  const Socket epoll_{epoll_create1(EPOLL_CLOEXEC)};
  const Pipe pipe_ = MakePipe();
  epoll_event room_[1];
  char byte_ = 'x';
  const timespec no_time_ = {0, 0};
  const std::map<SystemCall, std::function<long()>> do_ = {
      {SystemCall::kEpollCreate1,
       [] { return Socket(epoll_create1(EPOLL_CLOEXEC)).handle(); }},
      {SystemCall::kEpollCtlAdd,
       [this] {
         const int result = Control(EPOLL_CTL_ADD);
         if (result == 0) Control(EPOLL_CTL_DEL);
         return result;
       }},
      {SystemCall::kEpollCtlMod,
       [this] {
         Control(EPOLL_CTL_ADD);
         const int result = Control(EPOLL_CTL_MOD);
         const int error = errno;
         Control(EPOLL_CTL_DEL);
         errno = error;
         return result;
       }},
      {SystemCall::kEpollCtlDel,
       [this] {
         Control(EPOLL_CTL_ADD);
         return Control(EPOLL_CTL_DEL);
       }},
      {SystemCall::kEpollWait,
       [this] { return epoll_wait(epoll_.handle(), room_, 1, 0); }},
      {SystemCall::kEpollPwait2,
       [this] {
         return epoll_pwait2(epoll_.handle(), room_, 1, &no_time_, nullptr);
       }},
      {SystemCall::kPoll,
       [] {
         pollfd nothing = {-1, 0, 0};
         return poll(&nothing, 1, 0);
       }},
      {SystemCall::kPpoll,
       [this] {
         pollfd nothing = {-1, 0, 0};
         return ppoll(&nothing, 1, &no_time_, nullptr);
       }},
      {SystemCall::kPipe2,
       [] {
         int ends[2];
         if (pipe2(ends, O_CLOEXEC) != 0) return -1;
         const Socket other(ends[1]);
         return Socket(ends[0]).handle();
       }},
      {SystemCall::kEventfd,
       [] { return Socket(eventfd(0, EFD_CLOEXEC)).handle(); }},
      {SystemCall::kRead,
       [this] {
         WriteBytes(pipe_.write_end.handle(), "x");
         return read(pipe_.read_end.handle(), &byte_, 1);
       }},
      {SystemCall::kWrite,
       [this] { return write(pipe_.write_end.handle(), &byte_, 1); }},
  };

  FailingSystemCalls calls_;
  ScopedSystemCalls scope_{calls_};
};

TEST_F(FailingSystemCallsTest, AllPassAtFirst) {
  for (const auto& [call, function] : do_) {
    EXPECT_EQ(ErrorOf(call), 0) << call;
    EXPECT_GE(calls_.count(call), 1) << call;
    EXPECT_EQ(calls_.failures(call), 0) << call;
  }
}

TEST_F(FailingSystemCallsTest, FailsTheOnesThatAreNamedAndNoOthers) {
  for (const auto& [call, function] : do_) {
    calls_.Fail(call, EXDEV, /*passing=*/1, /*failing=*/2);
    EXPECT_THAT(ErrorsOf(call, 5), ElementsAre(0, EXDEV, EXDEV, 0, 0)) << call;
    EXPECT_EQ(calls_.failures(call), 2) << call;
  }
}

TEST_F(FailingSystemCallsTest, FailsAllUntilHealed) {
  const std::set<int> before = OpenDescriptors();
  for (const auto& [call, function] : do_) {
    calls_.Fail(call, ENOMEM);
    EXPECT_THAT(ErrorsOf(call, 3), ElementsAre(ENOMEM, ENOMEM, ENOMEM)) << call;
    calls_.Heal();
    EXPECT_EQ(ErrorOf(call), 0) << call;
  }
  EXPECT_EQ(OpenDescriptors(), before) << "a call did its work, and failed";
}

TEST_F(FailingSystemCallsTest, FollowsAScript) {
  calls_.Script(SystemCall::kEpollWait, {EINTR, 0, EBADF});
  EXPECT_THAT(ErrorsOf(SystemCall::kEpollWait, 4),
              ElementsAre(EINTR, 0, EBADF, 0));
}

TEST_F(FailingSystemCallsTest, TheLastWordCounts) {
  calls_.Fail(SystemCall::kEventfd, EMFILE);
  calls_.Fail(SystemCall::kEventfd, ENFILE, /*passing=*/0, /*failing=*/1);
  EXPECT_THAT(ErrorsOf(SystemCall::kEventfd, 2), ElementsAre(ENFILE, 0));
}

TEST_F(FailingSystemCallsTest, OtherThreadsAreSpared) {
  calls_.Fail(SystemCall::kEventfd, EMFILE);
  int error = -1;
  std::thread([&] { error = ErrorOf(SystemCall::kEventfd); }).join();
  EXPECT_EQ(error, 0);
}

TEST_F(FailingSystemCallsTest, NamesItsCalls) {
  std::set<std::string> names;
  for (const auto& [call, function] : do_) {
    std::ostringstream name;
    name << call;
    names.insert(name.str());
  }
  EXPECT_EQ(names.size(), do_.size());
  EXPECT_EQ(names.count("epoll_ctl(EPOLL_CTL_MOD)"), 1u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
