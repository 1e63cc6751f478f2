#include "backends/io_uring/poll_ring.h"

#include <liburing.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "backends/posix/errno_status.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace io_uring {
namespace {

// A full queue costs one call of the kernel more.
constexpr unsigned kSubmissions = 512;
// The kernel's table of requests has a bucket for 32 of them (io_uring.c), and
// to end a request it walks one: with a small ring and 20,000 requests that
// takes sixteen times as long.
constexpr unsigned kCompletions = 4096;

// Newer than the header may be (Linux 6.15): a wait that does not count as one
// for a disk.
constexpr unsigned kEnterNoIowait = 1u << 7;
constexpr unsigned kFeatureNoIowait = 1u << 17;

// How many calls in a row may do nothing and ask to be repeated. One that does
// not wait is interrupted by chance only, and memory that lacks for a moment is
// there again soon: this many times, it is something else that answers.
constexpr int kMostRepetitions = 10'000;

// No operation of io_uring_register(2): who refuses the call altogether answers
// something else than EINVAL.
constexpr unsigned kNoOperation = 0x7fff;

constexpr unsigned kSetupFlags =
    IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
    IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
    IORING_SETUP_R_DISABLED;

absl::Status SetupError(int error) {
  using Code = absl::StatusCode;
  switch (error) {
    case ENOSYS:
      return posix::ErrnoError(
          Code::kUnimplemented, error,
          "io_uring_setup: the kernel has no io_uring, or a seccomp filter or "
          "an emulator says so");
    case EPERM:
    case EACCES:
      return posix::ErrnoError(
          Code::kUnimplemented, error,
          "io_uring_setup: not allowed here, by kernel.io_uring_disabled "
          "(sysctl) or by a filter of the container");
    case EINVAL:
      return posix::ErrnoError(
          Code::kUnimplemented, error,
          "io_uring_setup: the kernel lacks what is needed, which Linux 6.1 "
          "has");
    case ENOMEM:
      return posix::ErrnoError(
          Code::kUnimplemented, error,
          "io_uring_setup: no memory for the ring (RLIMIT_MEMLOCK, or a limit "
          "of the control group)");
    default:
      return posix::CreationError(error, "io_uring_setup");
  }
}

// io_uring_enter(2) as a cancellation point, like epoll_wait(2). No object with
// a destructor lives in this frame, since the thread may end at any instruction
// between the two changes of its type.
ABSL_ATTRIBUTE_NOINLINE int EnterCancellably(unsigned ring, unsigned unsent,
                                             unsigned completions,
                                             unsigned flags, void* argument,
                                             std::size_t size) {
#if defined(__ANDROID__)
  return io_uring_enter2(ring, unsent, completions, flags,
                         static_cast<sigset_t*>(argument), size);
#else
  int type_before = PTHREAD_CANCEL_DEFERRED;
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type_before);
  const int result = io_uring_enter2(ring, unsent, completions, flags,
                                     static_cast<sigset_t*>(argument), size);
  pthread_setcanceltype(type_before, &type_before);
  return result;
#endif
}

}  // namespace

absl::Status PollRing::Open() {
  io_uring_params parameters = {};
  parameters.flags = kSetupFlags;
  parameters.cq_entries = kCompletions;
  const int descriptor = io_uring_setup(kSubmissions, &parameters);
  if (descriptor < 0) return SetupError(-descriptor);
  const int mapped = io_uring_queue_mmap(descriptor, &parameters, &ring_);
  if (mapped < 0) {
    ring_ = {};
    close(descriptor);
    return SetupError(-mapped);
  }
  is_open_ = true;
  is_enabled_ = false;
  unsent_ = 0;
  refusal_ = 0;
  repetitions_ = 0;
  enter_flags_ =
      (parameters.features & kFeatureNoIowait) != 0 ? kEnterNoIowait : 0;
  // Each place of the queue stands for the entry of its number. (From version
  // 2.4 on, liburing does so only in calls that make the ring altogether.)
  for (unsigned i = 0; i < ring_.sq.ring_entries; ++i) ring_.sq.array[i] = i;

  // A filter may let the first call through and refuse the others. A ring that
  // is not enabled answers EBADFD.
  const auto ring = static_cast<unsigned>(descriptor);
  for (const int answer : {io_uring_enter2(ring, 0, 0, 0, nullptr, 0),
                           io_uring_register(ring, kNoOperation, nullptr, 0)}) {
    if (posix::IsMissingSystemCall(-answer)) {
      Close();
      return SetupError(-answer);
    }
  }
  return absl::OkStatus();
}

void PollRing::Close() {
  if (!is_open_) return;
  io_uring_queue_exit(&ring_);
  ring_ = {};
  ring_.ring_fd = -1;
  is_open_ = false;
  is_enabled_ = false;
  unsent_ = 0;
}

int PollRing::Enable() {
  const int result =
      io_uring_register(static_cast<unsigned>(ring_.ring_fd),
                        IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
  if (result < 0) return result;
  is_enabled_ = true;
  return 0;
}

// A free entry of the queue, for which the kernel may have to be entered. Null:
// it refused.
inline io_uring_sqe* PollRing::NewEntry() {
  if (ABSL_PREDICT_FALSE(unsent_ == ring_.sq.ring_entries)) {
    if (const int result = Submit(); result < 0) {
      refusal_ = result;
      return nullptr;
    }
    if (unsent_ == ring_.sq.ring_entries) {
      refusal_ = -EBUSY;
      return nullptr;
    }
  }
  io_uring_sqe* const entry = io_uring_get_sqe(&ring_);
  if (ABSL_PREDICT_FALSE(entry == nullptr)) {
    refusal_ = -EBUSY;
    return nullptr;
  }
  ++unsent_;
  return entry;
}

int PollRing::Poll(int descriptor, std::uint32_t events, std::uint64_t data,
                   bool is_multishot) {
  io_uring_sqe* const entry = NewEntry();
  if (ABSL_PREDICT_FALSE(entry == nullptr)) return refusal_;
  io_uring_prep_poll_add(entry, descriptor, events);
  if (is_multishot) entry->len = IORING_POLL_ADD_MULTI;
  entry->user_data = data;
  return 0;
}

int PollRing::Cancel(std::uint64_t data, std::uint64_t failure_data) {
  io_uring_sqe* const entry = NewEntry();
  if (ABSL_PREDICT_FALSE(entry == nullptr)) return refusal_;
  io_uring_prep_poll_remove(entry, data);
  entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
  entry->user_data = failure_data;
  return 0;
}

int PollRing::CancelAll(std::uint64_t data) {
  io_uring_sqe* const entry = NewEntry();
  if (entry == nullptr) return refusal_;
  io_uring_prep_cancel64(entry, 0,
                         IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
  entry->user_data = data;
  return 0;
}

int PollRing::Submit() { return Enter(0, nullptr); }

int PollRing::Wait(const internal::WaitTimeout& timeout) {
  return Enter(1, &timeout);
}

inline int PollRing::Enter(unsigned completions,
                           const internal::WaitTimeout* timeout) {
  ++entries_;
  io_uring_smp_store_release(ring_.sq.ktail, ring_.sq.sqe_tail);
  ring_.sq.sqe_head = ring_.sq.sqe_tail;
  const auto ring = static_cast<unsigned>(ring_.ring_fd);
  int result;
  if (timeout == nullptr) {
    result = io_uring_enter2(ring, unsent_, completions, IORING_ENTER_GETEVENTS,
                             nullptr, 0);
  } else if (timeout->is_forever()) {
    result =
        EnterCancellably(ring, unsent_, completions,
                         IORING_ENTER_GETEVENTS | enter_flags_, nullptr, 0);
  } else {
    auto time = timeout->ToTimespec<__kernel_timespec>();
    io_uring_getevents_arg argument = {};
    argument.ts = reinterpret_cast<std::uintptr_t>(&time);
    result = EnterCancellably(
        ring, unsent_, completions,
        IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | enter_flags_, &argument,
        sizeof(argument));
  }
  // What was taken, where the wait failed: the call tells the failure.
  unsent_ = ring_.sq.sqe_tail - io_uring_smp_load_acquire(ring_.sq.khead);
  switch (result) {
    case -ETIME:
      break;
    case -EINTR:
      // A signal ends a wait as often as there are signals.
      if (timeout != nullptr) break;
      ABSL_FALLTHROUGH_INTENDED;
    // Completions overflow: they come first. (The kernel before 5.19 said so.)
    case -EBUSY:
    case -EAGAIN:
      return ++repetitions_ < kMostRepetitions ? 0 : result;
    default:
      if (result < 0) return result;
  }
  repetitions_ = 0;
  return 0;
}

}  // namespace io_uring
}  // namespace event_selector
