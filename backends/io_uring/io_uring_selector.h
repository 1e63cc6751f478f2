#ifndef BACKENDS_IO_URING_IO_URING_SELECTOR_H_
#define BACKENDS_IO_URING_IO_URING_SELECTOR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/registration_mask.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "backends/io_uring/ask_list.h"
#include "backends/io_uring/poll_ring.h"
#include "backends/io_uring/registration.h"
#include "backends/io_uring/second_look.h"
#include "backends/posix/selector_life.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/admission.h"
#include "event/internal/mutex.h"
#include "event/internal/owner_thread.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

// The selector over Linux's io_uring(7) for SelectorOptions::single_waiter. The
// kernel is told of changes by the `Wait` that comes next, of all at once, in
// the one system call that waits.
//
// A registration is in one of two places:
// - in the *ring*, as a poll request: edge-triggered and oneshot ones on
//   sockets, pipes and, if oneshot, on eventfds and the like;
// - in the *set*, which is a SingleWaiterEpollSelector: level-triggered ones,
//   since a request would have to be made again for each event; those with
//   Mode::kExclusive and kKeepAwake, which a request cannot do (of several
//   rings, the one that asked first is told, however busy its owner is), and
//   with Interest::kPriority, which it cannot tell from other data; what only
//   epoll can watch or refuse (`io_uring::HandleKind`); and a oneshot one
//   that was found ready as soon as it was armed, again and again.
// Where the ring has nothing to wait for, `Wait` is the set's. Where both have,
// the ring also watches the set.
//
// What is different for the caller stands in docs/contract.md, "With the
// backend io_uring".
//
// Once `descriptor` was called, all registrations are in the set: the ring has
// no descriptor that epoll or poll would report in time.
//
// Costs, besides the ring's 100 kB, 32 bytes for each descriptor in steps of
// 256 neighbours, and 14 more where one of the neighbours is in the set. Three
// descriptors: the ring, the set and the waker.
class IoUringSelector final : public Selector {
 public:
  // Without SelectorOptions::single_waiter, and where the system refuses what
  // is needed (Linux 6.1), returns one of the selectors over epoll: `name`
  // tells. Errors:
  //   kResourceExhausted  descriptors, memory;
  //   kUnimplemented      with SelectorOptions::exact_backend: the system
  //                       refuses it; the message says why. Or the kernel has
  //                       no epoll.
  //   kInvalidArgument    with SelectorOptions::exact_backend: without
  //                       single_waiter.
  static absl::StatusOr<std::unique_ptr<Selector>> Create(
      const SelectorOptions& options = {});

  ~IoUringSelector() override;

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
  using Entry = io_uring::RegistrationTable::Entry;

  // Before the ring has an owner, a change and `descriptor` may come from two
  // threads at once: holds `setup_mutex_` for that time.
  class SetupLock;

  // What one `Wait` has so far: the first `filled` of the events.
  struct Batch {
    explicit Batch(absl::Span<Event> room) : events(room) {}

    absl::Span<Event> events;
    std::size_t filled = 0;
    bool has_set = false;  // Whether the set was asked.
    io_uring::SecondLook second_look;
    bool has_gaps = false;  // Empty events.

    bool has_room() const { return filled < events.size(); }
    absl::Span<Event> room() const { return events.subspan(filled); }
  };

  IoUringSelector() = default;

  absl::Status Open();
  void EndAllRequests();
  void RenewRing();
  bool Owns(Handle handle) const;
  bool UsesRing() const;

  // ---- Changes: io_uring_selector.cc
  absl::Status AddNew(Handle handle, Token token,
                      epoll::RegistrationMask wanted);
  absl::Status AddAgain(Handle handle, Entry entry, Token token,
                        epoll::RegistrationMask wanted);
  absl::Status AddToSet(Handle handle, Entry entry, Token token,
                        epoll::RegistrationMask wanted);
  void PutIntoSet(Entry entry, Token token, epoll::RegistrationMask wanted);
  void PutIntoRing(Handle handle, Entry entry, Token token,
                   epoll::RegistrationMask wanted);
  absl::Status ModifyUnknown(Handle handle, Token token,
                             epoll::RegistrationMask wanted);
  absl::Status ModifyInSet(Handle handle, Entry entry, Token token,
                           epoll::RegistrationMask wanted);
  absl::Status ChangeSet(Handle handle, Entry entry, Token token,
                         epoll::RegistrationMask wanted);
  absl::Status ModifyInRing(Handle handle, Entry entry, Token token,
                            epoll::RegistrationMask wanted);
  absl::Status MoveToSet(Handle handle, Entry entry, Token token,
                         epoll::RegistrationMask wanted);
  absl::Status MoveAllToSet();
  absl::Status LeaveRing();
  void Arm(Handle handle, Entry entry) {
    if (!entry->is_armed) {
      entry->is_armed = true;
      ++armed_;
    }
    if (entry->needs_asking()) {
      to_ask_.Append(handle, *entry.registration, table_);
    }
  }
  void Disarm(io_uring::Registration& registration) {
    if (!registration.is_armed) return;
    registration.is_armed = false;
    --armed_;
  }
  void Forget(io_uring::Registration& registration);
  void EndRequestNow(Handle handle, io_uring::Registration& registration);
  // Whether it was reported by the last `Wait`.
  bool WasReportedLast(const io_uring::Registration& registration) const {
    return registration.stamp - events_before_ < events_ - events_before_;
  }

  // ---- Wait: wait.cc
  absl::StatusOr<absl::Span<Event>> WaitOnRing(absl::Span<Event> events,
                                               absl::Duration timeout);
  bool BeginRing();
  bool AskFor(std::size_t room);
  bool Ask(Handle handle, io_uring::Registration& registration);
  bool WatchSet();
  bool Enter(const internal::WaitTimeout* timeout);
  void TakeStale();
  void Take(Batch& batch);
  void TakeSpecial(const io_uring::PollRing::Completion& completion);
  void TakeEvent(const io_uring::PollRing::Completion& completion,
                 Batch& batch);
  void TakeFailure(Handle handle, Entry entry, int error, Batch& batch);
  void Report(Handle handle, Entry entry, std::uint32_t ready, Batch& batch);
  void LookAgain(Batch& batch);
  void CloseGaps(Batch& batch);
  bool Settle(Batch& batch);
  absl::Status TakeSet(Batch& batch);

  internal::Admission<posix::SelectorLife, internal::OwnerThread> admission_;
  std::unique_ptr<SingleWaiterEpollSelector> set_;
  io_uring::PollRing ring_;
  io_uring::RegistrationTable table_;
  io_uring::AskList to_ask_;

  // Registrations in the ring that may be reported; registrations in the set.
  std::size_t armed_ = 0;
  std::size_t in_set_ = 0;
  // How many events were returned before the last `Wait`, and after it.
  std::uint32_t events_before_ = 0;
  std::uint32_t events_ = 0;

  // Whether the ring has a request for the waker, and for the set.
  bool watches_waker_ = false;
  bool watches_set_ = false;
  // Whether these were found ready, and nothing was done about it yet.
  bool is_woken_ = false;
  bool set_is_due_ = false;
  // Whether the set's events come before the ring's in the next `Wait`.
  bool is_sets_turn_ = true;
  // Whether the kernel refuses to go on with the ring.
  bool is_ring_lost_ = false;
  // Whether all is to be in the set, for `descriptor`.
  mutable std::atomic<bool> is_nested_{false};
  mutable internal::Mutex setup_mutex_;
};

}  // namespace event_selector

#endif  // BACKENDS_IO_URING_IO_URING_SELECTOR_H_
