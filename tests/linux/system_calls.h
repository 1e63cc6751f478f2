#ifndef TESTS_LINUX_SYSTEM_CALLS_H_
#define TESTS_LINUX_SYSTEM_CALLS_H_

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <time.h>

#include <cstddef>

struct io_uring_params;

// A seam under the system calls of Linux that the library uses, at link time: a
// binary that links this target has functions of the C library's names, which
// lead to the `SystemCalls` that the calling thread has installed, or else
// straight to the C library. The library under test is the one that ships: it
// knows nothing of this, and pays nothing for it.
namespace event_selector {
namespace testing {

// What the calls lead to. Each function does what the one of its name in the C
// library does, errno included; derive to count, to answer otherwise, or to
// fail.
class SystemCalls {
 public:
  virtual ~SystemCalls() = default;

  virtual int EpollCreate1(int flags);
  virtual int EpollCtl(int epoll, int operation, int descriptor,
                       epoll_event* event);
  virtual int EpollWait(int epoll, epoll_event* events, int room, int timeout);
  virtual int EpollPwait2(int epoll, epoll_event* events, int room,
                          const timespec* timeout, const sigset_t* mask);
  virtual int Poll(pollfd* polled, nfds_t size, int timeout);
  virtual int Ppoll(pollfd* polled, nfds_t size, const timespec* timeout,
                    const sigset_t* mask);
  virtual int Eventfd(unsigned int count, int flags);
  // As in liburing: what fails returns -errno.
  virtual int IoUringSetup(unsigned entries, io_uring_params* parameters);
  virtual int IoUringRegister(unsigned ring, unsigned operation,
                              const void* argument, unsigned count);
  virtual int IoUringEnter(unsigned ring, unsigned submitted,
                           unsigned completions, unsigned flags, void* argument,
                           std::size_t size);
  virtual int Pipe2(int ends[2], int flags);
  virtual ssize_t Read(int descriptor, void* buffer, std::size_t size);
  virtual ssize_t Write(int descriptor, const void* buffer, std::size_t size);
  // Not a system call where the kernel's vDSO answers, but the price of a
  // clock.
  virtual int ClockGettime(clockid_t clock, timespec* time);
};

// Leads the calling thread's calls to `system_calls`, which must outlive this
// object. Its destructor puts back what was installed before.
class ScopedSystemCalls {
 public:
  explicit ScopedSystemCalls(SystemCalls& system_calls);
  ScopedSystemCalls(const ScopedSystemCalls&) = delete;
  ScopedSystemCalls& operator=(const ScopedSystemCalls&) = delete;
  ~ScopedSystemCalls();

 private:
  SystemCalls* before_;
};

// Counts the calls of the thread that it is installed on, and passes them on.
class CountingSystemCalls : public SystemCalls {
 public:
  // All but the clock.
  int total() const {
    return creates + controls + waits + fine_waits + reads + writes;
  }

  int EpollCreate1(int flags) override;
  int EpollCtl(int epoll, int operation, int descriptor,
               epoll_event* event) override;
  int EpollWait(int epoll, epoll_event* events, int room, int timeout) override;
  int EpollPwait2(int epoll, epoll_event* events, int room,
                  const timespec* timeout, const sigset_t* mask) override;
  int Poll(pollfd* polled, nfds_t size, int timeout) override;
  int Ppoll(pollfd* polled, nfds_t size, const timespec* timeout,
            const sigset_t* mask) override;
  int Eventfd(unsigned int count, int flags) override;
  int IoUringSetup(unsigned entries, io_uring_params* parameters) override;
  int IoUringRegister(unsigned ring, unsigned operation, const void* argument,
                      unsigned count) override;
  int IoUringEnter(unsigned ring, unsigned submitted, unsigned completions,
                   unsigned flags, void* argument, std::size_t size) override;
  int Pipe2(int ends[2], int flags) override;
  ssize_t Read(int descriptor, void* buffer, std::size_t size) override;
  ssize_t Write(int descriptor, const void* buffer, std::size_t size) override;
  int ClockGettime(clockid_t clock, timespec* time) override;

  int creates = 0;     // epoll_create1, eventfd, pipe2, io_uring_setup
  int controls = 0;    // epoll_ctl, io_uring_register
  int waits = 0;       // epoll_wait, poll, io_uring_enter
  int fine_waits = 0;  // epoll_pwait2, ppoll
  int reads = 0;
  int writes = 0;
  int clock_reads = 0;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_LINUX_SYSTEM_CALLS_H_
