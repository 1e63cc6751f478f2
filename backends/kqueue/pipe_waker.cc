#include "backends/kqueue/pipe_waker.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/system.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/unique_descriptor.h"

namespace event_selector {
namespace kqueue {
namespace {

bool SetFlags(int descriptor) {
  return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
         fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0;
}

}  // namespace

absl::Status PipeWaker::Open(const KqueueQueue& queue) {
  queue_ = &queue;
  int ends[2];
#if defined(__APPLE__)
  const int result = pipe(ends);
#else
  const int result = pipe2(ends, O_CLOEXEC | O_NONBLOCK);
#endif
  if (result < 0) return posix::CreationError(errno, "pipe");
  read_end_ = posix::UniqueDescriptor(ends[0]);
  write_end_ = posix::UniqueDescriptor(ends[1]);
  if (!SetFlags(ends[0]) || !SetFlags(ends[1]) ||
      queue.ChangeOne(
          MakeKevent(ends[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, 0)) < 0) {
    return posix::CreationError(errno, "kevent for the waker");
  }
  return absl::OkStatus();
}

bool PipeWaker::Signal() {
  const posix::CancellationShield shield;
  // Bounded, though the system needs two attempts at most, but for threads that
  // fill up the pipe meanwhile.
  constexpr int kMostAttempts = 10'000;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    if (write(write_end_.get(), "", 1) == 1) return true;
    if (errno == EAGAIN) {
      // Full, since nobody reads otherwise. Should the read fail, another
      // thread has read.
      char bytes[4096];
      if (read(read_end_.get(), bytes, sizeof(bytes)) < 0 && errno != EAGAIN &&
          errno != EINTR) {
        return false;
      }
    } else if (errno != EINTR) {
      return false;
    }
  }
  return false;
}

void PipeWaker::SignalForever() {
  Signal();
  // Level-triggered on bytes that nobody reads. Deleted first: adding it again
  // does not change EV_CLEAR.
  queue_->ChangeOne(
      MakeKevent(read_end_.get(), EVFILT_READ, EV_DELETE, 0, 0, 0));
  queue_->ChangeOne(MakeKevent(read_end_.get(), EVFILT_READ, EV_ADD, 0, 0, 0));
}

}  // namespace kqueue
}  // namespace event_selector
