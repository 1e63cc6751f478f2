#ifndef BACKENDS_POLL_POLL_SELECTOR_H_
#define BACKENDS_POLL_POLL_SELECTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/poll/notifier.h"
#include "backends/poll/object_identity.h"
#include "backends/poll/poll_call.h"
#include "backends/poll/registration_table.h"
#include "backends/poll/waiter.h"
#include "backends/poll/waiter_list.h"
#include "backends/posix/selector_life.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/admission.h"
#include "event/internal/mutex.h"
#include "event/internal/owner_thread.h"
#include "event/internal/wait_timeout.h"
#include "event/internal/waker_flag.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

// The selector over poll(2), for every POSIX system. Level-triggered and
// oneshot; no Mode::kEdge, kExclusive or kKeepAwake. Interest::kReadClosed
// where the system has POLLRDHUP.
//
// The kernel keeps nothing between two calls of poll(2), so the selector keeps
// a table of the registrations (about 150 bytes for each), and a `Wait` takes
// time in proportion to their number. Each thread in `Wait` polls a copy of the
// table of its own, and holds an eventfd, or a pipe where the system has none,
// by which the others end its poll: `Add`, `Modify` and `Remove` interrupt
// every poll that is running, with a write(2) for each, so that the new table
// is polled at once, and so that no poll keeps a handle half open that its
// owner closes after `Remove`. `Wake` interrupts one, if any is running.
//
// What is different from what event/selector.h says:
// - A lock is held while the table is copied and while events are looked up in
//   it, before and after the poll, and by `Add`, `Modify` and `Remove`. It is
//   never held during a poll, nor by `Wake`.
// - `Wait` makes one system call, and besides: a read(2) and another poll each
//   time that its poll was interrupted. It allocates nothing, unless more
//   threads wait at the same time than ever before: each further one needs a
//   descriptor (a pipe: two) and a copy of the table. Where there is none left,
//   its `Wait` returns kResourceExhausted; so it does where the system refuses
//   to poll that many handles (RLIMIT_NOFILE was lowered) or has no memory.
// - A registration belongs to the handle's number. If that was closed without
//   `Remove`, the next `Wait` forgets the registration, also if a duplicate is
//   open; but until then, an event of another object that has the number may
//   come under the old token. `Add`, `Modify` and `Remove` notice the other
//   object by fstat(2), where that can tell the two apart: see
//   `poll::ObjectIdentity`.
// - A parked handle (Interest::kNone) reports hang-up or error once, and then
//   nothing until `Modify`.
// - Devices that are always ready to poll(2), such as /dev/null, can be
//   registered.
class PollSelector final : public Selector {
 public:
  // Errors: kResourceExhausted (descriptors, memory).
  static absl::StatusOr<std::unique_ptr<PollSelector>> Create(
      const SelectorOptions& options = {});
  // The same with a choice of what interrupts a poll, for tests.
  static absl::StatusOr<std::unique_ptr<PollSelector>> Create(
      const SelectorOptions& options, poll::Notifier::Kind kind);

  using Selector::Add;

  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override;
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override;
  absl::Status Remove(Handle handle) override;
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override;
  absl::Status Wake() override;
  void Close() override;
  absl::Status HandOver() override;
  absl::StatusOr<Handle> descriptor() const override;
  absl::string_view name() const override;
  Capabilities capabilities() const override;

 private:
  explicit PollSelector(const SelectorOptions& options)
      : admission_(options.single_waiter) {}

  absl::StatusOr<std::size_t> FindOpen(absl::string_view call, Handle handle)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Change() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AwaitPollsBefore(std::uint64_t version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::StatusOr<std::size_t> WaitWith(poll::Waiter& waiter,
                                       absl::Span<Event> events,
                                       internal::WaitTimeout& remaining)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<bool> PollOnce(poll::Waiter& waiter,
                                const internal::WaitTimeout& remaining)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::size_t Collect(const poll::PollSet& set, absl::Span<Event> events)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool CollectOne(const poll::PollSet& set, std::size_t i, Event& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  internal::Admission<posix::SelectorLife, internal::OptionalOwner> admission_;
  poll::PollCall poll_call_;

  // Pending: `Wake` was called and no `Wait` has returned for it yet.
  internal::WakerFlag wake_;

  // Guards the table, and what of the waiters needs a lock.
  internal::Mutex mutex_;
  poll::RegistrationTable table_ ABSL_GUARDED_BY(mutex_);
  poll::WaiterList waiters_;
  // W5: the place behind the last one that was reported when not all found
  // room.
  std::size_t next_place_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace event_selector

#endif  // BACKENDS_POLL_POLL_SELECTOR_H_
