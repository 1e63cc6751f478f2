#include "backends/kqueue/kqueue_queue.h"

#include <time.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "backends/kqueue/change_list.h"
#include "backends/kqueue/system.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/unique_descriptor.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace kqueue {
namespace {

// An interrupted call has made its changes (kqueue(2), EINTR), but told
// nothing. They are made again: adding again changes nothing, and what is to be
// deleted is gone by then, which is no error.
int ResultOf(const Kevent& receipt, bool is_gone_by_then) {
  const int error = static_cast<int>(receipt.data);
  return is_gone_by_then && error == ENOENT ? 0 : error;
}

}  // namespace

KqueueQueue::~KqueueQueue() {
  // A child does not inherit the queue (kqueue(2)): the number is free there,
  // or somebody else's.
  if (!life_.IsInItsProcess()) descriptor_.Release();
}

absl::Status KqueueQueue::Open() {
  descriptor_ = posix::UniqueDescriptor(OpenKqueue());
  if (!descriptor_.valid()) return posix::CreationError(errno, "kqueue");
  return absl::OkStatus();
}

// EV_RECEIPT gives each change an entry with EV_ERROR and an errno or 0, in
// their order, and no other events. Without, the first failing change would
// end the rest. There is room for all of them: if there were not, the change
// behind the last receipt would be made, and nothing be told of any.
bool KqueueQueue::Change(ChangeList& list) const {
  // kevent(2) is a cancellation point.
  const posix::CancellationShield shield;
  std::array<Kevent, ChangeList::kMost> receipts;
  const absl::Span<const Kevent> changes = list.changes();
  bool is_repeated = false;
  // A call that does not wait is interrupted by chance only: this many times,
  // it is something else that answers.
  constexpr int kMostInterruptions = 10'000;
  int interruptions = 0;
  constexpr timespec kNoTime = {};
  for (;;) {
    const int count = CallKevent(descriptor(), changes.data(), changes.size(),
                                 receipts.data(), changes.size(), &kNoTime);
    if (count >= 0 && static_cast<std::size_t>(count) == changes.size()) break;
    if (count >= 0) {
      errno = EIO;  // A system without receipts.
      return false;
    }
    if (errno != EINTR || ++interruptions == kMostInterruptions) return false;
    is_repeated = true;
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    // Only of a deletion, not of a look whether something is there.
    const bool is_gone_by_then = is_repeated && HasFlag(changes[i], EV_DELETE);
    list.SetResult(i, ResultOf(receipts[i], is_gone_by_then));
  }
  return true;
}

int KqueueQueue::ChangeOne(const Kevent& change) const {
  const posix::CancellationShield shield;
  return CallKevent(descriptor(), &change, 1, nullptr, 0, nullptr);
}

int KqueueQueue::Wait(absl::Span<Kevent> events,
                      internal::WaitTimeout& timeout) const {
  if (!timeout.is_running()) {
    constexpr timespec kNoTime = {};
    const bool is_forever = timeout.is_forever();
    const int count =
        CallKevent(descriptor(), nullptr, 0, events.data(), events.size(),
                   is_forever ? nullptr : &kNoTime);
    if (ABSL_PREDICT_TRUE(count > 0 || (count == 0 && !is_forever))) {
      return count;
    }
  }
  return WaitInSteps(events, timeout);
}

// Begins anew where the quick way failed: if not for a signal, it fails again.
int KqueueQueue::WaitInSteps(absl::Span<Kevent> events,
                             internal::WaitTimeout& timeout) const {
  for (;;) {
    const auto time = timeout.ToTimespec<timespec>();
    const int count =
        CallKevent(descriptor(), nullptr, 0, events.data(), events.size(),
                   timeout.is_forever() ? nullptr : &time);
    if (count > 0) return count;
    if (count == 0 && timeout.fits_timespec()) return 0;
    if (count < 0 && errno != EINTR) return -1;
    timeout.Refresh();
  }
}

}  // namespace kqueue
}  // namespace event_selector
