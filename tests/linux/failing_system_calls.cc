#include "tests/linux/failing_system_calls.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <time.h>

#include <cerrno>
#include <cstddef>
#include <ostream>
#include <vector>

#include "tests/linux/system_calls.h"

namespace event_selector {
namespace testing {
namespace {

const char* Name(SystemCall call) {
  switch (call) {
    case SystemCall::kEpollCreate1:
      return "epoll_create1";
    case SystemCall::kEpollCtlAdd:
      return "epoll_ctl(EPOLL_CTL_ADD)";
    case SystemCall::kEpollCtlMod:
      return "epoll_ctl(EPOLL_CTL_MOD)";
    case SystemCall::kEpollCtlDel:
      return "epoll_ctl(EPOLL_CTL_DEL)";
    case SystemCall::kEpollWait:
      return "epoll_wait";
    case SystemCall::kEpollPwait2:
      return "epoll_pwait2";
    case SystemCall::kPoll:
      return "poll";
    case SystemCall::kPpoll:
      return "ppoll";
    case SystemCall::kEventfd:
      return "eventfd";
    case SystemCall::kIoUringSetup:
      return "io_uring_setup";
    case SystemCall::kIoUringRegister:
      return "io_uring_register";
    case SystemCall::kIoUringEnter:
      return "io_uring_enter";
    case SystemCall::kPipe2:
      return "pipe2";
    case SystemCall::kRead:
      return "read";
    case SystemCall::kWrite:
      return "write";
  }
  return "no system call";
}

SystemCall KindOfControl(int operation) {
  switch (operation) {
    case EPOLL_CTL_ADD:
      return SystemCall::kEpollCtlAdd;
    case EPOLL_CTL_MOD:
      return SystemCall::kEpollCtlMod;
    default:
      return SystemCall::kEpollCtlDel;
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, SystemCall call) {
  return out << Name(call);
}

void FailingSystemCalls::Fail(SystemCall call, int error, int passing,
                              int failing) {
  At(call).plan = {{0, passing}, {error, failing}};
}

void FailingSystemCalls::Script(SystemCall call,
                                const std::vector<int>& errors) {
  At(call).plan.clear();
  for (const int error : errors) At(call).plan.push_back({error, 1});
}

void FailingSystemCalls::Heal() {
  for (Kind& kind : kinds_) kind.plan.clear();
}

bool FailingSystemCalls::Fails(SystemCall call) {
  Kind& kind = At(call);
  ++kind.count;
  while (!kind.plan.empty() && kind.plan.front().times == 0) {
    kind.plan.pop_front();
  }
  if (kind.plan.empty()) return false;
  Step& step = kind.plan.front();
  if (step.times != kAll) --step.times;
  if (step.error == 0) return false;
  ++kind.failures;
  errno = step.error;
  return true;
}

int FailingSystemCalls::EpollCreate1(int flags) {
  if (Fails(SystemCall::kEpollCreate1)) return -1;
  return SystemCalls::EpollCreate1(flags);
}

int FailingSystemCalls::EpollCtl(int epoll, int operation, int descriptor,
                                 epoll_event* event) {
  if (Fails(KindOfControl(operation))) return -1;
  return SystemCalls::EpollCtl(epoll, operation, descriptor, event);
}

int FailingSystemCalls::EpollWait(int epoll, epoll_event* events, int room,
                                  int timeout) {
  if (Fails(SystemCall::kEpollWait)) return -1;
  return SystemCalls::EpollWait(epoll, events, room, timeout);
}

int FailingSystemCalls::EpollPwait2(int epoll, epoll_event* events, int room,
                                    const timespec* timeout,
                                    const sigset_t* mask) {
  if (Fails(SystemCall::kEpollPwait2)) return -1;
  return SystemCalls::EpollPwait2(epoll, events, room, timeout, mask);
}

int FailingSystemCalls::Poll(pollfd* polled, nfds_t size, int timeout) {
  if (Fails(SystemCall::kPoll)) return -1;
  return SystemCalls::Poll(polled, size, timeout);
}

int FailingSystemCalls::Ppoll(pollfd* polled, nfds_t size,
                              const timespec* timeout, const sigset_t* mask) {
  if (Fails(SystemCall::kPpoll)) return -1;
  return SystemCalls::Ppoll(polled, size, timeout, mask);
}

int FailingSystemCalls::Pipe2(int ends[2], int flags) {
  if (Fails(SystemCall::kPipe2)) return -1;
  return SystemCalls::Pipe2(ends, flags);
}

int FailingSystemCalls::Eventfd(unsigned int initial, int flags) {
  if (Fails(SystemCall::kEventfd)) return -1;
  return SystemCalls::Eventfd(initial, flags);
}

int FailingSystemCalls::IoUringSetup(unsigned entries,
                                     io_uring_params* parameters) {
  if (Fails(SystemCall::kIoUringSetup)) return -errno;
  return SystemCalls::IoUringSetup(entries, parameters);
}

int FailingSystemCalls::IoUringRegister(unsigned ring, unsigned operation,
                                        const void* argument, unsigned count) {
  if (Fails(SystemCall::kIoUringRegister)) return -errno;
  return SystemCalls::IoUringRegister(ring, operation, argument, count);
}

int FailingSystemCalls::IoUringEnter(unsigned ring, unsigned submitted,
                                     unsigned completions, unsigned flags,
                                     void* argument, std::size_t size) {
  if (Fails(SystemCall::kIoUringEnter)) return -errno;
  return SystemCalls::IoUringEnter(ring, submitted, completions, flags,
                                   argument, size);
}

ssize_t FailingSystemCalls::Read(int descriptor, void* buffer,
                                 std::size_t size) {
  if (Fails(SystemCall::kRead)) return -1;
  return SystemCalls::Read(descriptor, buffer, size);
}

ssize_t FailingSystemCalls::Write(int descriptor, const void* buffer,
                                  std::size_t size) {
  if (Fails(SystemCall::kWrite)) return -1;
  return SystemCalls::Write(descriptor, buffer, size);
}

}  // namespace testing
}  // namespace event_selector
