#ifndef TESTS_LINUX_FAILING_SYSTEM_CALLS_H_
#define TESTS_LINUX_FAILING_SYSTEM_CALLS_H_

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <time.h>

#include <array>
#include <cstddef>
#include <deque>
#include <limits>
#include <ostream>
#include <vector>

#include "tests/linux/system_calls.h"

namespace event_selector {
namespace testing {

// The kinds of calls that can be failed apart from each other.
enum class SystemCall {
  kEpollCreate1,
  kEpollCtlAdd,
  kEpollCtlMod,
  kEpollCtlDel,
  kEpollWait,
  kEpollPwait2,
  kPoll,
  kPpoll,
  kEventfd,
  kIoUringSetup,
  kIoUringRegister,
  kIoUringEnter,
  kPipe2,
  kRead,
  kWrite,
};

// "epoll_ctl(EPOLL_CTL_ADD)", "write": as a manual page has it.
std::ostream& operator<<(std::ostream& out, SystemCall call);

// Fails the calls that a test names, with the error that it names: the nth of a
// kind, all of a kind, or as a script says. All others pass. A failed call does
// nothing but set `errno`, as the kernel's do.
//
//   FailingSystemCalls calls;
//   const ScopedSystemCalls scope(calls);
//   calls.Fail(SystemCall::kEpollCtlAdd, ENOSPC, /*passing=*/1);
//
// To be installed on one thread only.
class FailingSystemCalls : public SystemCalls {
 public:
  static constexpr int kAll = std::numeric_limits<int>::max();

  // Of the calls of the kind `call` to come, lets `passing` pass, then fails
  // `failing` with `error`, then lets all pass. Takes the place of what was
  // said of this kind before.
  void Fail(SystemCall call, int error, int passing = 0, int failing = kAll);

  // The same, call by call: `errors` of the next ones, where 0 lets one pass.
  void Script(SystemCall call, const std::vector<int>& errors);

  // Lets all calls pass from now on.
  void Heal();

  // How many calls of the kind there were, and how many of them failed here.
  int count(SystemCall call) const { return At(call).count; }
  int failures(SystemCall call) const { return At(call).failures; }

  int EpollCreate1(int flags) override;
  int EpollCtl(int epoll, int operation, int descriptor,
               epoll_event* event) override;
  int EpollWait(int epoll, epoll_event* events, int room, int timeout) override;
  int EpollPwait2(int epoll, epoll_event* events, int room,
                  const timespec* timeout, const sigset_t* mask) override;
  int Poll(pollfd* polled, nfds_t size, int timeout) override;
  int Ppoll(pollfd* polled, nfds_t size, const timespec* timeout,
            const sigset_t* mask) override;
  int Eventfd(unsigned int initial, int flags) override;
  int IoUringSetup(unsigned entries, io_uring_params* parameters) override;
  int IoUringRegister(unsigned ring, unsigned operation, const void* argument,
                      unsigned count) override;
  int IoUringEnter(unsigned ring, unsigned submitted, unsigned completions,
                   unsigned flags, void* argument, std::size_t size) override;
  int Pipe2(int ends[2], int flags) override;
  ssize_t Read(int descriptor, void* buffer, std::size_t size) override;
  ssize_t Write(int descriptor, const void* buffer, std::size_t size) override;

 private:
  struct Step {
    int error;  // 0: to pass.
    int times;
  };
  struct Kind {
    std::deque<Step> plan;
    int count = 0;
    int failures = 0;
  };
  static constexpr std::size_t kKinds =
      static_cast<std::size_t>(SystemCall::kWrite) + 1;

  Kind& At(SystemCall call) { return kinds_[static_cast<std::size_t>(call)]; }
  const Kind& At(SystemCall call) const {
    return kinds_[static_cast<std::size_t>(call)];
  }

  // Counts a call. If it is to fail, sets `errno` and returns true.
  bool Fails(SystemCall call);

  std::array<Kind, kKinds> kinds_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_LINUX_FAILING_SYSTEM_CALLS_H_
