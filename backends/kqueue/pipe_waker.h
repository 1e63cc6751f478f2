#ifndef BACKENDS_KQUEUE_PIPE_WAKER_H_
#define BACKENDS_KQUEUE_PIPE_WAKER_H_

#include "absl/status/status.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/system.h"
#include "backends/posix/unique_descriptor.h"

namespace event_selector {
namespace kqueue {

// The same as `UserWaker`, for systems without EVFILT_USER (NetBSD before 10,
// OpenBSD before 7.8): a pipe in the queue, with EV_CLEAR, so that each write
// makes an event although nobody reads. Holds two descriptors.
class PipeWaker {
 public:
  absl::Status Open(const KqueueQueue& queue);
  bool Signal();
  void SignalForever();
  bool IsSignal(const Kevent& kevent) const {
    return HandleOf(kevent) == read_end_.get();
  }
  // Whether `descriptor` is a part of the waker, which no caller may touch.
  bool Owns(int descriptor) const {
    return descriptor >= 0 &&
           (descriptor == read_end_.get() || descriptor == write_end_.get());
  }

 private:
  const KqueueQueue* queue_ = nullptr;
  posix::UniqueDescriptor read_end_;
  posix::UniqueDescriptor write_end_;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_PIPE_WAKER_H_
