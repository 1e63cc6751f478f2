#include "backends/kqueue/user_waker.h"

#if defined(EVFILT_USER)

#include <cerrno>

#include "absl/status/status.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/system.h"
#include "backends/posix/errno_status.h"

namespace event_selector {
namespace kqueue {
namespace {

// Names of the events. Those from 0 on are handles': see ChangeList::AddDead.
constexpr int kOnce = -1;
constexpr int kForever = -2;

}  // namespace

absl::Status UserWaker::Open(const KqueueQueue& queue) {
  queue_ = &queue;
  // With EV_CLEAR each trigger is one event. Without, one repeats for ever:
  // right for the end, and made now, when there still is memory.
  if (queue.ChangeOne(
          MakeKevent(kOnce, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, 0)) < 0 ||
      queue.ChangeOne(MakeKevent(kForever, EVFILT_USER, EV_ADD, 0, 0, 0)) < 0) {
    return posix::CreationError(errno, "kevent for the waker");
  }
  return absl::OkStatus();
}

bool UserWaker::Signal() { return Trigger(kOnce); }

void UserWaker::SignalForever() { Trigger(kForever); }

bool UserWaker::Trigger(int ident) {
  // Repeated after EINTR, although the change was made: to trigger what is
  // triggered costs nothing. Bounded: a call that does not wait is not
  // interrupted again and again.
  constexpr int kMostAttempts = 10'000;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    if (queue_->ChangeOne(
            MakeKevent(ident, EVFILT_USER, 0, NOTE_TRIGGER, 0, 0)) >= 0) {
      return true;
    }
    if (errno != EINTR) return false;
  }
  return false;
}

}  // namespace kqueue
}  // namespace event_selector

#endif  // defined(EVFILT_USER)
