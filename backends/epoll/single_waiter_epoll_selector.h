#ifndef BACKENDS_EPOLL_SINGLE_WAITER_EPOLL_SELECTOR_H_
#define BACKENDS_EPOLL_SINGLE_WAITER_EPOLL_SELECTOR_H_

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_core.h"
#include "backends/epoll/registration.h"
#include "backends/epoll/registration_mask.h"
#include "backends/epoll/registration_table.h"
#include "backends/posix/selector_life.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/admission.h"
#include "event/internal/owner_thread.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

// The selector over Linux's epoll(7) for SelectorOptions::single_waiter: see
// there what it asks of its caller. Since no other thread's wait can be running
// while a registration changes, a table in user space may decide what is
// reported, and the kernel has to be told less:
//
// - A oneshot registration whose re-arms come before the next `Wait`
//   (`epoll::RearmPrediction`) is level-triggered in the kernel, and disarmed
//   and armed again in the table only. If it is found ready while disarmed,
//   the kernel is told to be silent, by one epoll_ctl(2), and the prediction
//   falls back to EPOLLONESHOT.
// - A change of interest waits for the next `Wait`, and comes to nothing if it
//   was taken back by then. (But a change that also arms an edge or a spent
//   oneshot registration again, or gives a level or edge one another token,
//   must reach the kernel in any case, and does so at once.)
//
// The kernel's data are the token itself for level- and edge-triggered
// registrations, which need no look into the table when they are reported; for
// oneshot ones they name the entry (backends/epoll/tagged_data.h).
//
// Costs 14 bytes for each descriptor, in steps of 256 neighbours.
class SingleWaiterEpollSelector final : public Selector {
 public:
  // Errors: kResourceExhausted (descriptors, memory); kUnimplemented (a kernel
  // without epoll).
  static absl::StatusOr<std::unique_ptr<SingleWaiterEpollSelector>> Create(
      const SelectorOptions& options = {});

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

  // ---- For a selector that has this one as a part of itself, and waits
  // elsewhere, too (backends/io_uring). In the owner's thread only.

  // The queue, and the waker in it.
  epoll::EpollCore& core() { return core_; }
  const epoll::EpollCore& core() const { return core_; }

  // Tells the kernel of the changes that wait for the next `Wait`, so that the
  // queue's descriptor shows them.
  void TellChangesNow();

  // What is ready now, as `Wait` with a zero timeout. But a wake-up is not
  // acknowledged: `is_woken` becomes true if one was fetched.
  absl::StatusOr<absl::Span<Event>> Collect(absl::Span<Event> events,
                                            bool& is_woken);

  // Whether the registration of `handle` is a oneshot one that was reported by
  // an earlier `Wait` (or `Collect`) than the last one, and not armed again.
  bool IsLate(Handle handle) const;

  // Whether the table has a registration of `handle`.
  bool IsRegistered(Handle handle) const;

 private:
  using Entry = epoll::RegistrationTable::Entry;

  // What became of the events that one or more calls of epoll_wait fetched.
  struct Fetched {
    bool has_wake_up = false;
    // Whether an event was dropped that the kernel will report again: its
    // handle was closed without `Remove`, and cannot be named any more.
    bool has_unstoppable = false;
  };

  SingleWaiterEpollSelector() = default;

  absl::Status Register(int operation, Handle handle, Token token,
                        epoll::RegistrationMask wanted);
  absl::Status Rearm(Handle handle, Entry entry, Token token);
  absl::Status Refused(Handle handle, Entry entry);
  absl::Status RemovalRefused(Handle handle);
  absl::Status Change(Handle handle, Entry entry, Token token,
                      epoll::RegistrationMask wanted);
  bool NoteChange(Handle handle, epoll::RegistrationRecord& registration);
  bool TellKernel(Handle handle, Token token, epoll::RegistrationMask target,
                  epoll::RegistrationRecord& registration);
  void TellChanges();

  std::size_t Widen(absl::Span<Event> events, int count, Fetched& fetched);
  bool Resolve(epoll_event& event, Fetched& fetched);
  void Silence(std::uint64_t data, Fetched& fetched);
  absl::StatusOr<absl::Span<Event>> FinishWait(absl::Span<Event> events,
                                               int count, std::size_t filled,
                                               Fetched fetched,
                                               internal::WaitTimeout remaining);
  std::size_t FillLastPlace(absl::Span<Event> events, std::size_t filled);
  bool IsDisarmedByThisWait(std::uint64_t data) const;

  // More changes than these before one `Wait` reach the kernel at once.
  static constexpr std::size_t kMaxChanges = 64;

  internal::Admission<posix::SelectorLife, internal::OwnerThread> admission_;
  epoll::EpollCore core_;
  epoll::RegistrationTable table_;
  std::uint32_t wait_number_ = 0;
  std::size_t change_count_ = 0;
  // The handles of the registrations that have `is_changed`; of others, too.
  std::array<Handle, kMaxChanges> changes_;
};

}  // namespace event_selector

#endif  // BACKENDS_EPOLL_SINGLE_WAITER_EPOLL_SELECTOR_H_
