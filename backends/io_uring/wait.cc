// IoUringSelector::Wait.

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_core.h"
#include "backends/epoll/eventfd_waker.h"
#include "backends/epoll/registration_mask.h"
#include "backends/io_uring/io_uring_selector.h"
#include "backends/io_uring/poll_ring.h"
#include "backends/io_uring/registration.h"
#include "backends/posix/cancellation_shield.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/wait_timeout.h"
#include "event/readiness.h"

namespace event_selector {
namespace {

using io_uring::Registration;
using Completion = io_uring::PollRing::Completion;

// The waker and the set are watched for this.
constexpr std::uint32_t kReadable = POLLIN;

// What a registration may report. (The kernel adds EPOLLRDHUP to what it is
// asked for: IO_POLL_UNMASK in io_uring/poll.c.)
std::uint32_t Reported(const Registration& registration) {
  return registration.wanted.interest().bits() | POLLHUP | POLLERR;
}

// Whether there may be more to tell: a request tells what woke it, and that may
// be one direction of several.
bool MayTellAPart(const Registration& registration, std::uint32_t ready) {
  constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;
  return registration.wanted.interest().contains(kBoth) ||
         (ready & POLLERR) != 0;
}

}  // namespace

absl::StatusOr<absl::Span<Event>> IoUringSelector::Wait(
    absl::Span<Event> events, absl::Duration timeout) {
  if (ABSL_PREDICT_FALSE(!admission_.MayWait(events))) {
    if (absl::Status status = admission_.CheckWait(events); !status.ok()) {
      return status;
    }
  }
  events_before_ = events_;
  if (armed_ == 0 && !is_woken_) {
    // There is nothing that could be ready.
    if (in_set_ == 0 && timeout <= absl::ZeroDuration() &&
        !set_->core().waker().is_pending()) {
      return events.first(0);
    }
    return set_->Wait(events, timeout);
  }
  return WaitOnRing(events, timeout);
}

ABSL_ATTRIBUTE_NOINLINE absl::StatusOr<absl::Span<Event>>
IoUringSelector::WaitOnRing(absl::Span<Event> events, absl::Duration timeout) {
  Batch batch(events);
  internal::WaitTimeout remaining(timeout);
  if (ABSL_PREDICT_FALSE(!BeginRing())) {
    if (absl::Status status = LeaveRing(); !status.ok()) return status;
    return set_->Wait(events, timeout);
  }
  if (in_set_ != 0) set_->TellChangesNow();
  TakeStale();
  const bool set_comes_first = set_is_due_ && is_sets_turn_;
  if (set_comes_first) {
    if (absl::Status status = TakeSet(batch); !status.ok()) return status;
  }
  bool is_all_asked = false;
  for (;;) {
    bool is_well = AskFor(events.size() - batch.filled);
    is_all_asked |= to_ask_.empty();
    // (Not twice for one `Wait` that has events.)
    if (in_set_ != 0 && !watches_set_ && !set_is_due_ &&
        (batch.filled == 0 || !batch.has_set)) {
      is_well &= WatchSet();
    }
    const bool blocks = batch.filled == 0 && to_ask_.empty() && !is_woken_ &&
                        !set_is_due_ && remaining.remaining_ns() != 0;
    is_well = is_well && Enter(blocks ? &remaining : nullptr);
    if (ABSL_PREDICT_FALSE(!is_well)) {
      is_ring_lost_ = true;
      if (Settle(batch)) break;
      if (absl::Status status = LeaveRing(); !status.ok()) return status;
      return set_->Wait(events,
                        remaining.is_forever()
                            ? absl::InfiniteDuration()
                            : absl::Nanoseconds(remaining.remaining_ns()));
    }
    Take(batch);
    while (batch.has_room() && ring_.has_news() && Enter(nullptr)) Take(batch);
    if (set_is_due_ && batch.has_room()) {
      if (absl::Status status = TakeSet(batch); !status.ok()) return status;
    }
    if (!batch.has_room()) {
      if (Settle(batch)) break;
      continue;
    }
    if (!to_ask_.empty() && (!is_all_asked || batch.filled == 0)) continue;
    if (is_woken_) {
      is_woken_ = false;
      // Last, so that every `Wake` up to here counts as this one.
      const bool is_asked_for = set_->core().waker().Acknowledge();
      if (is_asked_for || !admission_.IsUsable()) {
        Settle(batch);
        break;
      }
    }
    if (Settle(batch)) break;
    if (remaining.remaining_ns() == 0) break;
    remaining.Refresh();
  }
  // Where there is no room for all, they come first in turns.
  if (!batch.has_room()) is_sets_turn_ = !set_comes_first;
  if (batch.filled == 0 && !admission_.IsUsable()) return admission_.WhyOver();
  return events.first(batch.filled);
}

// Makes the ring ready for a wait. False if there is none any more, or none to
// be used.
bool IoUringSelector::BeginRing() {
  if (ABSL_PREDICT_FALSE(!UsesRing())) return false;
  if (ABSL_PREDICT_FALSE(!ring_.is_enabled())) {
    const internal::MutexLock lock(setup_mutex_);
    if (!UsesRing()) return false;
    if (ring_.Enable() != 0) {
      is_ring_lost_ = true;
      return false;
    }
  }
  if (ABSL_PREDICT_FALSE(!watches_waker_)) {
    watches_waker_ = ring_.Poll(set_->core().waker().descriptor(), kReadable,
                                io_uring::kWakerData,
                                /*is_multishot=*/true) == 0;
  }
  return true;
}

// Asks for as many of the registrations that need it as there is room for
// events: more might be found ready now and not be by the next `Wait`. False if
// the kernel refuses.
bool IoUringSelector::AskFor(std::size_t room) {
  while (room > 0 && !to_ask_.empty()) {
    const Handle handle = to_ask_.Take(table_);
    Registration& registration = *table_.FindKnown(handle).registration;
    if (ABSL_PREDICT_FALSE(!registration.needs_asking())) continue;
    if (ABSL_PREDICT_FALSE(!Ask(handle, registration))) return false;
    --room;
  }
  return true;
}

inline bool IoUringSelector::Ask(Handle handle, Registration& registration) {
  if (ABSL_PREDICT_FALSE(registration.is_asked)) {
    registration.is_asked = false;
    if (ring_.Cancel(io_uring::DataOf(handle, registration.generation),
                     io_uring::kNobodysData) != 0) {
      return false;
    }
  }
  ++registration.generation;
  const bool is_multishot = registration.is_persistent ||
                            io_uring::NeedsMultishot(registration.wanted);
  if (ABSL_PREDICT_FALSE(
          ring_.Poll(handle, registration.wanted.interest().bits(),
                     io_uring::DataOf(handle, registration.generation),
                     is_multishot) != 0)) {
    return false;
  }
  registration.is_asked = true;
  registration.looks_again = false;
  registration.held = registration.wanted;
  if (registration.is_oneshot()) registration.stamp = ring_.entries() + 1;
  return true;
}

// Once: it is asked for again when its events were taken, and then is ready at
// once where some were left.
bool IoUringSelector::WatchSet() {
  watches_set_ = ring_.Poll(set_->core().queue().descriptor(), kReadable,
                            io_uring::kSetData,
                            /*is_multishot=*/false) == 0;
  return watches_set_;
}

// Enters the kernel, if there is anything to say, to fetch or to wait for. With
// a timeout, waits. False if the kernel refuses.
inline bool IoUringSelector::Enter(const internal::WaitTimeout* timeout) {
  if (timeout != nullptr && ring_.ready() == 0) {
    return ring_.Wait(*timeout) == 0;
  }
  if (!ring_.has_unsent() && !ring_.has_news()) return true;
  return ring_.Submit() == 0;
}

// ---- What the kernel has told

// Of the completions that are left from an earlier call, nobody knows whether
// they still hold: those registrations are asked for again.
void IoUringSelector::TakeStale() {
  Handle before = kInvalidHandle;
  while (ring_.ready() != 0) {
    const Completion completion = ring_.Front();
    ring_.Pop();
    if (io_uring::IsSpecial(completion.data)) {
      TakeSpecial(completion);
      continue;
    }
    const Handle handle = io_uring::HandleOf(completion.data);
    const Entry entry = table_.FindKnown(handle);
    if (!entry->is_asked ||
        entry->generation != io_uring::GenerationOf(completion.data)) {
      continue;
    }
    if (!completion.has_more) entry->is_asked = false;
    entry->looks_again = true;
    before = to_ask_.Prepend(handle, *entry.registration, before, table_);
  }
}

// As far as there is room.
inline void IoUringSelector::Take(Batch& batch) {
  for (unsigned left = ring_.ready(); left > 0; --left) {
    const Completion completion = ring_.Front();
    if (ABSL_PREDICT_FALSE(io_uring::IsSpecial(completion.data))) {
      ring_.Pop();
      TakeSpecial(completion);
      continue;
    }
    if (ABSL_PREDICT_FALSE(!batch.has_room())) return;
    ring_.Pop();
    TakeEvent(completion, batch);
  }
}

ABSL_ATTRIBUTE_NOINLINE void IoUringSelector::TakeSpecial(
    const Completion& completion) {
  switch (completion.data) {
    case io_uring::kWakerData:
      is_woken_ = true;
      if (!completion.has_more) watches_waker_ = false;
      break;
    case io_uring::kSetData:
      set_is_due_ = true;
      watches_set_ = false;
      break;
    default:
      break;
  }
}

inline void IoUringSelector::TakeEvent(const Completion& completion,
                                       Batch& batch) {
  const Handle handle = io_uring::HandleOf(completion.data);
  const Entry entry = table_.FindKnown(handle);
  if (ABSL_PREDICT_FALSE(!entry->is_asked ||
                         entry->generation !=
                             io_uring::GenerationOf(completion.data))) {
    return;
  }
  // Changed meanwhile, and still to be asked for: what it was asked for before
  // does not count any more.
  const bool is_outdated = entry->needs_asking();
  if (!completion.has_more) entry->is_asked = false;
  if (ABSL_PREDICT_FALSE(is_outdated)) return;
  if (ABSL_PREDICT_FALSE(completion.result < 0)) {
    return TakeFailure(handle, entry, -completion.result, batch);
  }
  const std::uint32_t ready = static_cast<std::uint32_t>(completion.result) &
                              Reported(*entry.registration);
  if (ABSL_PREDICT_FALSE(ready == 0)) {
    // The peer has shut down, which was not asked for, and a request that ends
    // with its first completion would say so again and again.
    entry->is_persistent = true;
    Arm(handle, entry);
    return;
  }
  if (entry->is_oneshot()) {
    entry->was_ready = entry->stamp == ring_.entries();
    entry->is_persistent = false;
    Disarm(*entry.registration);
    if (ABSL_PREDICT_FALSE(completion.has_more)) {
      entry->is_asked = false;
      if (ring_.Cancel(completion.data, io_uring::kNobodysData) != 0) {
        is_ring_lost_ = true;
      }
    }
  } else if (ABSL_PREDICT_FALSE(!completion.has_more)) {
    // It ended, as it does where the completions have overflowed: the next one
    // looks at what holds, so that no change is lost.
    Arm(handle, entry);
  }
  Report(handle, entry, ready, batch);
}

// No request can be made of the handle, or none any more.
ABSL_ATTRIBUTE_NOINLINE void IoUringSelector::TakeFailure(Handle handle,
                                                          Entry entry,
                                                          int error,
                                                          Batch& batch) {
  entry->is_asked = false;
  // Closed without `Remove`: nobody's business any more.
  if (error == EBADF) return Forget(*entry.registration);
  if (MoveToSet(handle, entry, *entry.token, entry->wanted).ok()) return;
  Report(handle, entry, POLLERR, batch);
  Disarm(*entry.registration);
}

inline void IoUringSelector::Report(Handle handle, Entry entry,
                                    std::uint32_t ready, Batch& batch) {
  const Readiness readiness = Readiness::FromBits(ready);
  // W1: several changes are one event.
  if (!entry->is_oneshot() && WasReportedLast(*entry.registration)) {
    batch.events[entry->stamp - events_before_].readiness |= readiness;
    return;
  }
  const std::size_t place = batch.filled++;
  batch.events[place] = Event{*entry.token, readiness};
  entry->stamp = events_++;
  if (ABSL_PREDICT_FALSE(MayTellAPart(*entry.registration, ready))) {
    if (batch.second_look.full()) LookAgain(batch);
    batch.second_look.Note(handle, Reported(*entry.registration), place);
  }
}

ABSL_ATTRIBUTE_NOINLINE void IoUringSelector::LookAgain(Batch& batch) {
  batch.second_look.Take(batch.events, [&](Handle handle) {
    batch.has_gaps = true;
    const Entry entry = table_.FindKnown(handle);
    if (entry->is_oneshot()) Arm(handle, entry);
  });
}

// Whether there are events to return, after a second look at those that need
// one. If not, the wait goes on.
inline bool IoUringSelector::Settle(Batch& batch) {
  if (ABSL_PREDICT_FALSE(!batch.second_look.empty())) LookAgain(batch);
  if (ABSL_PREDICT_FALSE(batch.has_gaps)) CloseGaps(batch);
  return batch.filled != 0;
}

// Takes out the events that turned out to be none.
ABSL_ATTRIBUTE_NOINLINE void IoUringSelector::CloseGaps(Batch& batch) {
  const auto end = std::remove_if(
      batch.events.begin(),
      batch.events.begin() + static_cast<std::ptrdiff_t>(batch.filled),
      [](const Event& event) { return event.readiness.empty(); });
  batch.filled = static_cast<std::size_t>(end - batch.events.begin());
  batch.has_gaps = false;
  // If the wait goes on, its events are numbered anew.
  if (batch.filled == 0) events_before_ = events_;
}

// Fetches what is ready in the set.
absl::Status IoUringSelector::TakeSet(Batch& batch) {
  // A thread that ended here would take the other events along.
  const posix::CancellationShield shield;
  set_is_due_ = false;
  batch.has_set = true;
  const absl::StatusOr<absl::Span<Event>> fetched =
      set_->Collect(batch.room(), is_woken_);
  if (!fetched.ok()) return fetched.status();
  batch.filled += fetched->size();
  events_ += static_cast<std::uint32_t>(fetched->size());
  return absl::OkStatus();
}

}  // namespace event_selector
