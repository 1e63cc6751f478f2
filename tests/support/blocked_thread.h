#ifndef TESTS_SUPPORT_BLOCKED_THREAD_H_
#define TESTS_SUPPORT_BLOCKED_THREAD_H_

#include <cstdint>

// Tells a test that another thread has really arrived in the system call that
// waits, which no code before that call could announce. A test that sleeps
// "long enough" instead is slow, and wrong on a busy machine.
namespace event_selector {
namespace testing {

// Names a running thread. Copyable; worthless once the thread has ended.
class ThreadId {
 public:
  explicit ThreadId(std::uint64_t value) : value_(value) {}
  // What the system calls the thread: its meaning is AwaitBlocked's affair.
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_;
};

// The calling thread, for it to hand to the one that observes it.
ThreadId CurrentThreadId();

// Returns once `thread` is blocked in the kernel. Polls, and aborts after 60
// seconds or when it sees that the thread has ended. How far to trust it:
//
//   Linux: the thread sleeps in a call that waits for readiness (epoll_wait,
//     poll, select, io_uring_enter, and their variants). Where the kernel does
//     not tell which call it is, as for one that it has restarted: the thread
//     sleeps, in several looks in a row.
//   macOS: the thread waits for something, in several looks in a row. That may
//     be a mutex.
//   Windows, other POSIX systems: the thread has used no processor time for
//     some 25 ms. It may be starved instead, so a test there must remain
//     correct, if weaker, when the thread is not blocked yet.
//
// The caller knows that the thread waits nowhere else on its way (it does, for
// one, where it starts by waiting for a mutex), and that nothing wakes it
// between this call and the use of its result.
void AwaitBlocked(const ThreadId& thread);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_BLOCKED_THREAD_H_
