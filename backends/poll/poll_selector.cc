#include "backends/poll/poll_selector.h"

#include <poll.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/poll/notifier.h"
#include "backends/poll/object_identity.h"
#include "backends/poll/poll_errors.h"
#include "backends/poll/poll_events.h"
#include "backends/poll/poll_set.h"
#include "backends/poll/registration_table.h"
#include "backends/poll/waiter.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/descriptor_kind.h"
#include "backends/posix/fork_generation.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/on_unwind.h"
#include "event/internal/registration_rules.h"
#include "event/internal/selector_errors.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {
namespace {

constexpr absl::string_view kName = "poll";

Capabilities AllCapabilities() {
  Capabilities capabilities;
  capabilities.interests = poll::kPollInterests;
  capabilities.modes = poll::kPollModes;
  capabilities.timeout_resolution = absl::Nanoseconds(1);
  capabilities.hangup_without_interest = true;
  return capabilities;
}

// Whether poll(2) takes `handle` at all: an O_PATH descriptor of Linux is open,
// and so is a terminal on macOS, but their answer is POLLNVAL. 0 or an error.
int CheckPollable(poll::PollCall& call, Handle handle) {
  const posix::CancellationShield shield;
  pollfd polled = {handle, 0, 0};
  int count;
  constexpr int kMostAttempts = 10'000;
  int attempts = 0;
  // Bounded: a call that does not wait is interrupted by chance only.
  do {
    count =
        call.Once(absl::MakeSpan(&polled, 1), internal::WaitTimeout::Zero());
  } while (count < 0 && errno == EINTR && ++attempts < kMostAttempts);
  if (count < 0) return errno;
  return (polled.revents & POLLNVAL) != 0 ? EBADF : 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PollSelector>> PollSelector::Create(
    const SelectorOptions& options) {
  return Create(options, poll::Notifier::kDefault);
}

absl::StatusOr<std::unique_ptr<PollSelector>> PollSelector::Create(
    const SelectorOptions& options, poll::Notifier::Kind kind) {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  auto selector = absl::WrapUnique(new (std::nothrow) PollSelector(options));
  if (selector == nullptr) return internal::NoMemoryError("a selector");
  selector->poll_call_.Open();
  if (absl::Status status = selector->waiters_.Open(kind); !status.ok()) {
    return status;
  }
  return selector;
}

// ---- Registrations

// To be called with the lock after each change of the table. False if the
// system refuses to end a poll that is running.
bool PollSelector::Change() { return waiters_.InterruptAll(); }

absl::Status PollSelector::Add(Handle handle, Token token, Interest interest,
                               Mode mode) {
  if (absl::Status status =
          admission_.CheckRegistration(internal::RegistrationCall::kAdd, kName,
                                       AllCapabilities(), interest, mode);
      !status.ok()) {
    return status;
  }
  poll::ObjectIdentity object;
  int error = poll::Identify(handle, object);
  if (error == 0 && object.IsFile() && !poll::HasReadiness(handle)) {
    return internal::NotPollableError("Add", handle, posix::KindOf(handle));
  }
  if (error == 0) error = CheckPollable(poll_call_, handle);
  if (error != 0) return poll::HandleError("Add", handle, error);

  const internal::MutexLock lock(mutex_);
  if (waiters_.Owns(handle)) return internal::OwnHandleError(handle);
  std::size_t place = table_.Find(handle);
  if (place != poll::RegistrationTable::kNowhere) {
    if (table_.at(place).object == object) {
      return internal::AlreadyRegisteredError("Add", handle);
    }
    table_.Erase(place);  // S2: of what had the number before.
  }
  bool has_room = false;
  if (!internal::HasMemoryFor([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        waiters_.Reserve(table_.size() + 1);
        has_room = table_.Reserve(handle);
      }) ||
      !has_room) {
    return internal::NoMemoryError("the table of registrations");
  }
  place = table_.Add(handle, object);
  table_.Arm(place, token, interest, mode);
  Change();
  return absl::OkStatus();
}

// The place of `handle`, for `call`, with the lock. Errors: kInvalidArgument
// (not open), kNotFound.
absl::StatusOr<std::size_t> PollSelector::FindOpen(absl::string_view call,
                                                   Handle handle) {
  poll::ObjectIdentity object;
  const int error = poll::Identify(handle, object);
  const std::size_t place = table_.Find(handle);
  bool is_known = place != poll::RegistrationTable::kNowhere;
  if (is_known &&
      (error == EBADF || (error == 0 && table_.at(place).object != object))) {
    // Closed without `Remove`, and perhaps used again.
    table_.Erase(place);
    Change();
    is_known = false;
  }
  if (error != 0) return poll::HandleError(call, handle, error);
  if (is_known) return place;
  return object.IsFile() && !poll::HasReadiness(handle)
             ? internal::NotPollableError(call, handle, posix::KindOf(handle))
             : internal::NotRegisteredError(call, handle);
}

absl::Status PollSelector::Modify(Handle handle, Token token, Interest interest,
                                  Mode mode) {
  if (absl::Status status = admission_.CheckRegistration(
          internal::RegistrationCall::kModify, kName, AllCapabilities(),
          interest, mode);
      !status.ok()) {
    return status;
  }
  const internal::MutexLock lock(mutex_);
  const absl::StatusOr<std::size_t> place = FindOpen("Modify", handle);
  if (!place.ok()) return place.status();
  table_.Arm(*place, token, interest, mode);
  Change();
  return absl::OkStatus();
}

absl::Status PollSelector::Remove(Handle handle) {
  if (absl::Status status = admission_.CheckChange(); !status.ok()) {
    return status;
  }
  const internal::MutexLock lock(mutex_);
  const absl::StatusOr<std::size_t> place = FindOpen("Remove", handle);
  if (!place.ok()) return place.status();
  table_.Erase(*place);
  if (Change()) AwaitPollsBefore(table_.version());
  return absl::OkStatus();
}

// Returns when no poll is running that may know of what `version` of the table
// has removed: poll(2) keeps what it looks at half open, also where its owner
// closes it meanwhile. There is an end, since each such poll was interrupted.
// Releases the lock meanwhile.
//
// By looking again and again, since the waits are short and rare, and since a
// condition variable that somebody waits for cannot be destroyed in a child of
// fork.
void PollSelector::AwaitPollsBefore(std::uint64_t version) {
  const posix::CancellationShield shield;
  constexpr int kYields = 100;
  for (int look = 0; waiters_.HasPollBefore(version); ++look) {
    mutex_.Unlock();
    if (look < kYields) {
      std::this_thread::yield();
    } else {
      // For a thread of less priority than this one, on the same processor.
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    mutex_.Lock();
  }
}

// ---- Waiting

absl::StatusOr<absl::Span<Event>> PollSelector::Wait(absl::Span<Event> events,
                                                     absl::Duration timeout) {
  if (absl::Status status = admission_.CheckWait(events); !status.ok()) {
    return status;
  }
  internal::WaitTimeout remaining(timeout);
  const internal::MutexLock lock(mutex_);
  const absl::StatusOr<poll::Waiter*> waiter = waiters_.Take();
  if (!waiter.ok()) return waiter.status();
  // If the thread is cancelled, `PollOnce` has taken the lock again.
  internal::OnUnwind pass_on([&] {
    waiters_.Return(*waiter);
    if (wake_.is_pending()) waiters_.InterruptOne();
  });
  const absl::StatusOr<std::size_t> filled =
      WaitWith(**waiter, events, remaining);
  pass_on.Dismiss();
  waiters_.Return(*waiter);
  if (!filled.ok()) return filled.status();
  return events.first(*filled);
}

// `Wait` with what it needs. Called and left with the lock.
absl::StatusOr<std::size_t> PollSelector::WaitWith(
    poll::Waiter& waiter, absl::Span<Event> events,
    internal::WaitTimeout& remaining) {
  for (;;) {
    // With the lock, so that a `Close` that is not seen here finds the poll.
    if (!admission_.IsUsable()) return admission_.WhyOver();
    const absl::StatusOr<bool> is_time_up = PollOnce(waiter, remaining);
    if (!is_time_up.ok()) return is_time_up.status();
    const std::size_t filled = Collect(waiter.set(), events);
    // Last, so that every `Wake` up to here counts as this one.
    const bool is_woken = wake_.is_pending() && wake_.Acknowledge();
    if (filled > 0) return filled;
    if (admission_.IsUsable() && (is_woken || *is_time_up)) return 0;
    remaining.Refresh();
  }
}

// Polls without the lock. Whether the time was up, and nothing was found.
absl::StatusOr<bool> PollSelector::PollOnce(
    poll::Waiter& waiter, const internal::WaitTimeout& remaining) {
  waiter.BeginPolling(table_);
  mutex_.Unlock();
  // Not before `BeginPolling`: a `Wake` that comes later finds the poll.
  const bool may_block = !wake_.is_pending();
  internal::OnUnwind end_polling([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    mutex_.Lock();
    waiter.EndPolling(/*has_polled=*/false);
  });
  const int count =
      poll_call_.Once(waiter.set().polled(),
                      may_block ? remaining : internal::WaitTimeout::Zero());
  end_polling.Dismiss();
  const int error = errno;
  mutex_.Lock();
  const bool has_polled = count >= 0;
  if (!waiter.EndPolling(has_polled)) return poll::NotifierError();
  if (!has_polled && error != EINTR) return poll::WaitError(error);
  if (!has_polled) waiter.set().ForgetAnswers();
  return count == 0 && may_block && remaining.fits_milliseconds();
}

// Writes what the poll found to the front of `events`, beginning with those
// whose turn it is, as far as the table still has it. How many it is.
std::size_t PollSelector::Collect(const poll::PollSet& set,
                                  absl::Span<Event> events) {
  std::size_t filled = 0;
  std::size_t i = set.FirstFrom(next_place_);
  for (std::size_t left = set.size(); left > 0; --left, ++i) {
    if (i == set.size()) i = 0;
    if (set.revents(i) == 0) continue;
    if (filled == events.size()) {
      next_place_ = set.source(i).place;
      break;
    }
    if (CollectOne(set, i, events[filled])) ++filled;
  }
  return filled;
}

// Turns the answer for the entry `i` into `event`. False where there is none to
// be reported.
bool PollSelector::CollectOne(const poll::PollSet& set, std::size_t i,
                              Event& event) {
  const auto [place, serial] = set.source(i);
  // R4, R5: changed while the poll was running, perhaps by another `Wait`.
  if (table_.at(place).serial != serial) return false;
  if ((set.revents(i) & POLLNVAL) != 0) {
    table_.Erase(place);  // S2: closed without `Remove`.
    return false;
  }
  const poll::PolledRegistration& registration = table_.at(place);
  const Readiness readiness =
      poll::ToReadiness(set.revents(i), registration.interest);
  if (readiness.empty()) return false;
  event = Event{registration.token, readiness};
  // R6: poll(2) would report it for ever.
  if (registration.is_oneshot || registration.interest.empty()) {
    table_.Silence(place);
  }
  return true;
}

// ---- Waking and closing
//
// `Wake` sets the flag, then looks for a poll to interrupt. A `Wait` begins its
// poll, then looks at the flag, and once more after it has ended the poll. All
// of these are in one order (seq_cst), so that either `Wake` finds the poll, or
// the `Wait` finds the flag.

absl::Status PollSelector::Wake() {
  return admission_.Wake([this] {
    return wake_.Wake([this] { return waiters_.InterruptOne(); });
  });
}

void PollSelector::Close() {
  // In a forked child, the lock may be held by a thread that is not there.
  if (!admission_.Close()) return;
  const internal::MutexLock lock(mutex_);
  waiters_.InterruptAll();
}

absl::Status PollSelector::HandOver() { return admission_.HandOver(); }

absl::StatusOr<Handle> PollSelector::descriptor() const {
  return admission_.NoDescriptor(kName);
}

absl::string_view PollSelector::name() const { return kName; }

Capabilities PollSelector::capabilities() const {
  Capabilities capabilities = AllCapabilities();
  if (!poll_call_.has_fine_timeouts()) {
    capabilities.timeout_resolution = absl::Milliseconds(1);
  }
  return capabilities;
}

}  // namespace event_selector
