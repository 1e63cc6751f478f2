#ifndef BACKENDS_IO_URING_POLL_RING_H_
#define BACKENDS_IO_URING_POLL_RING_H_

#include <liburing.h>

#include <cstdint>

#include "absl/status/status.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace io_uring {

// A ring of io_uring(7) for poll requests (IORING_OP_POLL_ADD): what they are
// told, and how the kernel is entered. Knows nothing of registrations.
//
// `Enable` decides whose the ring is: all else but `Open`, `Close`, `is_open`
// and the destructor is for that thread only, since the kernel runs the
// completions there (IORING_SETUP_SINGLE_ISSUER, IORING_SETUP_DEFER_TASKRUN).
//
// Requests and cancellations are kept in the ring's queue until `Submit` or
// `Wait`. Where the queue is full, the kernel is entered in between.
class PollRing {
 public:
  // What a completion tells.
  struct Completion {
    std::uint64_t data;
    // The events that are ready; below zero: why there will be none (-errno).
    int result;
    // Whether the request goes on.
    bool has_more;
  };

  // Makes the ring, disabled. Errors:
  //   kUnimplemented      the kernel has no io_uring, or an older one than
  //   Linux
  //                       6.1, or it is not allowed here (a seccomp filter,
  //                       kernel.io_uring_disabled, RLIMIT_MEMLOCK); the
  //                       message says what may be the cause.
  //   kResourceExhausted  no descriptors left.
  absl::Status Open();
  void Close();
  PollRing() = default;
  PollRing(const PollRing&) = delete;
  PollRing& operator=(const PollRing&) = delete;
  ~PollRing() { Close(); }

  bool is_open() const { return is_open_; }
  bool is_enabled() const { return is_enabled_; }
  // -1 if it is not open.
  int descriptor() const { return ring_.ring_fd; }

  // Makes the ring the calling thread's. 0, or -errno.
  int Enable();

  // Asks for `events` (poll(2)'s bits) of `descriptor`, once or again and
  // again: a completion with `data`. Without EPOLLET's like: what holds when
  // the kernel is told is reported, then each change. 0, or -errno: the kernel
  // was to be entered, and refused.
  int Poll(int descriptor, std::uint32_t events, std::uint64_t data,
           bool is_multishot);

  // Ends the request with `data`, which must be the only one. Its completion
  // may come before or after, or as -ECANCELED; one with `failure_data` comes
  // if there was nothing to end.
  int Cancel(std::uint64_t data, std::uint64_t failure_data);

  // Ends all requests. To be followed by `Submit`, until it brings nothing.
  int CancelAll(std::uint64_t data);

  // Whether `Submit` would tell or bring something.
  bool has_unsent() const { return unsent_ != 0; }
  bool has_news() const {
    return (IO_URING_READ_ONCE(*ring_.sq.kflags) &
            (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
  }
  // Whether requests are to be finished, some twenty of which an entry of the
  // kernel takes.
  bool has_work() const {
    return (IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_TASKRUN) != 0;
  }

  // Tells the kernel what is in the queue and lets it finish what is ready: one
  // io_uring_enter(2), which does not block. 0, or -errno. Returns 0, too,
  // where the kernel asks to be called again (EINTR, EAGAIN, EBUSY), but not
  // for ever.
  int Submit();

  // The same, but waits for a completion until `timeout` has passed. A
  // cancellation point. Returns 0 early where a signal came: look at the clock.
  int Wait(const internal::WaitTimeout& timeout);

  // How many times the kernel was entered.
  std::uint32_t entries() const { return entries_; }

  // The completions that are there, the oldest first.
  unsigned ready() const { return io_uring_cq_ready(&ring_); }
  Completion Front() const {
    const io_uring_cqe& entry =
        ring_.cq.cqes[IO_URING_READ_ONCE(*ring_.cq.khead) & ring_.cq.ring_mask];
    return {entry.user_data, entry.res, (entry.flags & IORING_CQE_F_MORE) != 0};
  }
  void Pop() { io_uring_cq_advance(&ring_, 1); }

 private:
  io_uring_sqe* NewEntry();
  int Enter(unsigned completions, const internal::WaitTimeout* timeout);

  ::io_uring ring_ = {};
  bool is_open_ = false;
  bool is_enabled_ = false;
  unsigned unsent_ = 0;
  unsigned enter_flags_ = 0;
  std::uint32_t entries_ = 0;
  int refusal_ = 0;
  // How many calls in a row have done nothing and asked to be repeated.
  int repetitions_ = 0;
};

}  // namespace io_uring
}  // namespace event_selector

#endif  // BACKENDS_IO_URING_POLL_RING_H_
