#include "tests/linux/system_calls.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {
namespace {

// The next function called `name` behind the one of this binary: the C
// library's, or that of a sanitizer before it.
template <typename Function>
Function* Real(const char* name) {
  void* const symbol = dlsym(RTLD_NEXT, name);
  if (symbol == nullptr) Die("no such function in the C library");
  return reinterpret_cast<Function*>(symbol);
}

// One number for all architectures since Linux 5.1, but for Alpha and MIPS.
constexpr long kIoUringSetup = 425;
constexpr long kIoUringEnter = 426;
constexpr long kIoUringRegister = 427;

int OrError(long result) {
  return result < 0 ? -errno : static_cast<int>(result);
}

thread_local SystemCalls* installed = nullptr;

SystemCalls& Current() {
  static SystemCalls& real = *new SystemCalls;
  return installed != nullptr ? *installed : real;
}

}  // namespace

int SystemCalls::EpollCreate1(int flags) {
  static auto* const real = Real<int(int)>("epoll_create1");
  return real(flags);
}

int SystemCalls::EpollCtl(int epoll, int operation, int descriptor,
                          epoll_event* event) {
  static auto* const real = Real<int(int, int, int, epoll_event*)>("epoll_ctl");
  return real(epoll, operation, descriptor, event);
}

int SystemCalls::EpollWait(int epoll, epoll_event* events, int room,
                           int timeout) {
  static auto* const real =
      Real<int(int, epoll_event*, int, int)>("epoll_wait");
  return real(epoll, events, room, timeout);
}

int SystemCalls::EpollPwait2(int epoll, epoll_event* events, int room,
                             const timespec* timeout, const sigset_t* mask) {
  static auto* const real =
      Real<int(int, epoll_event*, int, const timespec*, const sigset_t*)>(
          "epoll_pwait2");
  return real(epoll, events, room, timeout, mask);
}

int SystemCalls::Poll(pollfd* polled, nfds_t size, int timeout) {
  static auto* const real = Real<int(pollfd*, nfds_t, int)>("poll");
  return real(polled, size, timeout);
}

int SystemCalls::Ppoll(pollfd* polled, nfds_t size, const timespec* timeout,
                       const sigset_t* mask) {
  static auto* const real =
      Real<int(pollfd*, nfds_t, const timespec*, const sigset_t*)>("ppoll");
  return real(polled, size, timeout, mask);
}

int SystemCalls::Pipe2(int ends[2], int flags) {
  static auto* const real = Real<int(int[2], int)>("pipe2");
  return real(ends, flags);
}

int SystemCalls::Eventfd(unsigned int count, int flags) {
  static auto* const real = Real<int(unsigned int, int)>("eventfd");
  return real(count, flags);
}

// (The C library has no functions for these.)
int SystemCalls::IoUringSetup(unsigned entries, io_uring_params* parameters) {
  return OrError(syscall(kIoUringSetup, entries, parameters));
}

int SystemCalls::IoUringRegister(unsigned ring, unsigned operation,
                                 const void* argument, unsigned count) {
  return OrError(syscall(kIoUringRegister, ring, operation, argument, count));
}

int SystemCalls::IoUringEnter(unsigned ring, unsigned submitted,
                              unsigned completions, unsigned flags,
                              void* argument, std::size_t size) {
  return OrError(syscall(kIoUringEnter, ring, submitted, completions, flags,
                         argument, size));
}

ssize_t SystemCalls::Read(int descriptor, void* buffer, std::size_t size) {
  static auto* const real = Real<ssize_t(int, void*, std::size_t)>("read");
  return real(descriptor, buffer, size);
}

ssize_t SystemCalls::Write(int descriptor, const void* buffer,
                           std::size_t size) {
  static auto* const real =
      Real<ssize_t(int, const void*, std::size_t)>("write");
  return real(descriptor, buffer, size);
}

int SystemCalls::ClockGettime(clockid_t clock, timespec* time) {
  static auto* const real = Real<int(clockid_t, timespec*)>("clock_gettime");
  return real(clock, time);
}

ScopedSystemCalls::ScopedSystemCalls(SystemCalls& system_calls)
    : before_(std::exchange(installed, &system_calls)) {}

ScopedSystemCalls::~ScopedSystemCalls() { installed = before_; }

int CountingSystemCalls::EpollCreate1(int flags) {
  ++creates;
  return SystemCalls::EpollCreate1(flags);
}

int CountingSystemCalls::EpollCtl(int epoll, int operation, int descriptor,
                                  epoll_event* event) {
  ++controls;
  return SystemCalls::EpollCtl(epoll, operation, descriptor, event);
}

int CountingSystemCalls::EpollWait(int epoll, epoll_event* events, int room,
                                   int timeout) {
  ++waits;
  return SystemCalls::EpollWait(epoll, events, room, timeout);
}

int CountingSystemCalls::EpollPwait2(int epoll, epoll_event* events, int room,
                                     const timespec* timeout,
                                     const sigset_t* mask) {
  ++fine_waits;
  return SystemCalls::EpollPwait2(epoll, events, room, timeout, mask);
}

int CountingSystemCalls::Poll(pollfd* polled, nfds_t size, int timeout) {
  ++waits;
  return SystemCalls::Poll(polled, size, timeout);
}

int CountingSystemCalls::Ppoll(pollfd* polled, nfds_t size,
                               const timespec* timeout, const sigset_t* mask) {
  ++fine_waits;
  return SystemCalls::Ppoll(polled, size, timeout, mask);
}

int CountingSystemCalls::Pipe2(int ends[2], int flags) {
  ++creates;
  return SystemCalls::Pipe2(ends, flags);
}

int CountingSystemCalls::Eventfd(unsigned int count, int flags) {
  ++creates;
  return SystemCalls::Eventfd(count, flags);
}

int CountingSystemCalls::IoUringSetup(unsigned entries,
                                      io_uring_params* parameters) {
  ++creates;
  return SystemCalls::IoUringSetup(entries, parameters);
}

int CountingSystemCalls::IoUringRegister(unsigned ring, unsigned operation,
                                         const void* argument, unsigned count) {
  ++controls;
  return SystemCalls::IoUringRegister(ring, operation, argument, count);
}

int CountingSystemCalls::IoUringEnter(unsigned ring, unsigned submitted,
                                      unsigned completions, unsigned flags,
                                      void* argument, std::size_t size) {
  ++waits;
  return SystemCalls::IoUringEnter(ring, submitted, completions, flags,
                                   argument, size);
}

ssize_t CountingSystemCalls::Read(int descriptor, void* buffer,
                                  std::size_t size) {
  ++reads;
  return SystemCalls::Read(descriptor, buffer, size);
}

ssize_t CountingSystemCalls::Write(int descriptor, const void* buffer,
                                   std::size_t size) {
  ++writes;
  return SystemCalls::Write(descriptor, buffer, size);
}

int CountingSystemCalls::ClockGettime(clockid_t clock, timespec* time) {
  ++clock_reads;
  return SystemCalls::ClockGettime(clock, time);
}

}  // namespace testing
}  // namespace event_selector

// The functions that take the place of the C library's. __THROW is how glibc
// declares those that are no cancellation points.
extern "C" {

int epoll_create1(int flags) __THROW {
  return event_selector::testing::Current().EpollCreate1(flags);
}

int epoll_ctl(int epoll, int operation, int descriptor,
              epoll_event* event) __THROW {
  return event_selector::testing::Current().EpollCtl(epoll, operation,
                                                     descriptor, event);
}

int epoll_wait(int epoll, epoll_event* events, int room, int timeout) {
  return event_selector::testing::Current().EpollWait(epoll, events, room,
                                                      timeout);
}

int epoll_pwait2(int epoll, epoll_event* events, int room,
                 const timespec* timeout, const sigset_t* mask) {
  return event_selector::testing::Current().EpollPwait2(epoll, events, room,
                                                        timeout, mask);
}

int poll(pollfd* polled, nfds_t size, int timeout) {
  return event_selector::testing::Current().Poll(polled, size, timeout);
}

int ppoll(pollfd* polled, nfds_t size, const timespec* timeout,
          const sigset_t* mask) {
  return event_selector::testing::Current().Ppoll(polled, size, timeout, mask);
}

int pipe2(int ends[2], int flags) __THROW {
  return event_selector::testing::Current().Pipe2(ends, flags);
}

int eventfd(unsigned int count, int flags) __THROW {
  return event_selector::testing::Current().Eventfd(count, flags);
}

// In the place of liburing's, all that its syscall.c has: else the linker would
// take that, too.
int io_uring_setup(unsigned entries, io_uring_params* parameters) {
  return event_selector::testing::Current().IoUringSetup(entries, parameters);
}

int io_uring_register(unsigned ring, unsigned operation, const void* argument,
                      unsigned count) {
  return event_selector::testing::Current().IoUringRegister(ring, operation,
                                                            argument, count);
}

int io_uring_enter2(unsigned ring, unsigned submitted, unsigned completions,
                    unsigned flags, sigset_t* argument, std::size_t size) {
  return event_selector::testing::Current().IoUringEnter(
      ring, submitted, completions, flags, argument, size);
}

int io_uring_enter(unsigned ring, unsigned submitted, unsigned completions,
                   unsigned flags, sigset_t* mask) {
  return io_uring_enter2(ring, submitted, completions, flags, mask, _NSIG / 8);
}

ssize_t read(int descriptor, void* buffer, std::size_t size) {
  return event_selector::testing::Current().Read(descriptor, buffer, size);
}

ssize_t write(int descriptor, const void* buffer, std::size_t size) {
  return event_selector::testing::Current().Write(descriptor, buffer, size);
}

int clock_gettime(clockid_t clock, timespec* time) __THROW {
  return event_selector::testing::Current().ClockGettime(clock, time);
}

}  // extern "C"
