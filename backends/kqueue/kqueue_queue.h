#ifndef BACKENDS_KQUEUE_KQUEUE_QUEUE_H_
#define BACKENDS_KQUEUE_KQUEUE_QUEUE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "backends/kqueue/change_list.h"
#include "backends/kqueue/system.h"
#include "backends/posix/selector_life.h"
#include "backends/posix/unique_descriptor.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace kqueue {

// The kernel's queue, one kqueue(2), with waits that keep the contract's word
// on time, and changes of which each has a result. Thread-safe, but for `Open`.
class KqueueQueue {
 public:
  // `life` must outlive this object.
  explicit KqueueQueue(const posix::SelectorLife& life) : life_(life) {}
  ~KqueueQueue();

  // Must succeed before anything else is called. Errors: kResourceExhausted,
  // kUnimplemented.
  absl::Status Open();

  int descriptor() const { return descriptor_.get(); }

  // Has the system make the changes of `list`, in one call, and gives each its
  // result. False, with errno set, where the system refuses the call itself.
  bool Change(ChangeList& list) const;

  // Changes one thing, without a receipt: 0, or -1 with errno set.
  int ChangeOne(const Kevent& change) const;

  // Waits just as long as `timeout` says, also where that takes several calls;
  // signals do not end it. Returns the number of events written to `events`, 0
  // when the time is over, -1 with errno set.
  int Wait(absl::Span<Kevent> events, internal::WaitTimeout& timeout) const;

 private:
  int WaitInSteps(absl::Span<Kevent> events,
                  internal::WaitTimeout& timeout) const;

  const posix::SelectorLife& life_;
  posix::UniqueDescriptor descriptor_;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_KQUEUE_QUEUE_H_
