#include "backends/epoll/single_waiter_epoll_selector.h"

#include <fcntl.h>
#include <sys/epoll.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/control_error.h"
#include "backends/epoll/epoll_core.h"
#include "backends/epoll/event_buffer.h"
#include "backends/epoll/eventfd_waker.h"
#include "backends/epoll/registration.h"
#include "backends/epoll/registration_mask.h"
#include "backends/epoll/registration_table.h"
#include "backends/epoll/tagged_data.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/fork_generation.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/on_unwind.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {
namespace {

using epoll::IsTagged;
using epoll::kSilence;
using epoll::RegistrationMask;
using epoll::RegistrationRecord;
using epoll::TaggedData;

// Whether the events of a registration have to be looked up in the table.
bool NeedsTag(Token token, RegistrationMask wanted) {
  return wanted.has(Mode::kOneshot) || IsTagged(token.value());
}

// Whether epoll_ctl failed since the handle was closed and perhaps its number
// used again: for what is registered nowhere, for what cannot be watched at all
// (EPERM), or for the queue itself (EINVAL, which otherwise is said of what was
// added with EPOLLEXCLUSIVE).
bool IsGone(int error, RegistrationMask held) {
  return error == EBADF || error == ENOENT || error == EPERM ||
         (error == EINVAL && !held.has(Mode::kExclusive));
}

// Leaves the generation, which the next registration of the number goes on
// from.
void Forget(RegistrationRecord& registration) {
  registration.is_used = false;
  registration.is_armed = false;
  registration.is_changed = false;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SingleWaiterEpollSelector>>
SingleWaiterEpollSelector::Create(const SelectorOptions& /*options*/) {
  // Before its life begins, which notes the process.
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  auto selector =
      absl::WrapUnique(new (std::nothrow) SingleWaiterEpollSelector);
  if (selector == nullptr) return internal::NoMemoryError("a selector");
  if (absl::Status status = selector->core_.Open(); !status.ok()) return status;
  return selector;
}

absl::Status SingleWaiterEpollSelector::Add(Handle handle, Token token,
                                            Interest interest, Mode mode) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  if (absl::Status status =
          epoll::EpollCore::CheckRegistration(EPOLL_CTL_ADD, interest, mode);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  return Register(EPOLL_CTL_ADD, handle, token,
                  RegistrationMask(interest, mode));
}

absl::Status SingleWaiterEpollSelector::Modify(Handle handle, Token token,
                                               Interest interest, Mode mode) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  if (absl::Status status =
          epoll::EpollCore::CheckRegistration(EPOLL_CTL_MOD, interest, mode);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  const RegistrationMask wanted(interest, mode);
  const Entry entry = table_.Find(handle);
  if (ABSL_PREDICT_TRUE(entry && entry->is_used)) {
    return !entry->is_armed && entry->wanted == wanted
               ? Rearm(handle, entry, token)
               : Change(handle, entry, token, wanted);
  }
  // The kernel says why not. (It agrees where a number that was closed names
  // the same object again.)
  return Register(EPOLL_CTL_MOD, handle, token, wanted);
}

absl::Status SingleWaiterEpollSelector::Remove(Handle handle) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  if (ABSL_PREDICT_FALSE(core_.waker().Owns(handle))) {
    return epoll::OwnHandleError(EPOLL_CTL_DEL, handle);
  }
  if (ABSL_PREDICT_FALSE(core_.queue().Control(EPOLL_CTL_DEL, handle, 0, 0) !=
                         0)) {
    return RemovalRefused(handle);
  }
  if (const Entry entry = table_.Find(handle)) Forget(*entry.registration);
  return absl::OkStatus();
}

// The error of a `Remove` that the kernel has refused.
ABSL_ATTRIBUTE_NOINLINE absl::Status SingleWaiterEpollSelector::RemovalRefused(
    Handle handle) {
  const int error = errno;
  if (const Entry entry = table_.Find(handle);
      entry && IsGone(error, entry->held)) {
    Forget(*entry.registration);
  }
  return core_.ControlError(EPOLL_CTL_DEL, handle, 0, error);
}

// A registration that is not in the table. The kernel decides whether it may
// be; the table follows, also where a handle was closed without `Remove`.
absl::Status SingleWaiterEpollSelector::Register(int operation, Handle handle,
                                                 Token token,
                                                 RegistrationMask wanted) {
  if (ABSL_PREDICT_FALSE(core_.waker().Owns(handle))) {
    return epoll::OwnHandleError(operation, handle);
  }
  // Before the kernel is told: there must be a place for what it may report.
  Entry entry = table_.Find(handle);
  if (ABSL_PREDICT_FALSE(!entry)) {
    // No table for numbers that are none, be they ever so large.
    if (fcntl(handle, F_GETFD) < 0) {
      return core_.ControlError(operation, handle, 0, EBADF);
    }
    entry = table_.FindOrMake(handle);
    if (!entry) return internal::NoMemoryError("the table of registrations");
  }
  RegistrationRecord added;
  added.generation = static_cast<std::uint16_t>(entry->generation + 1);
  added.wanted = wanted;
  added.held = epoll::MaskForKernel(added);
  added.is_used = true;
  added.is_armed = true;
  added.is_tagged = NeedsTag(token, wanted);
  if (ABSL_PREDICT_FALSE(
          core_.queue().Control(operation, handle, added.held.epoll_events(),
                                added.is_tagged
                                    ? TaggedData(handle, added.generation)
                                    : token.value()) != 0)) {
    return core_.ControlError(operation, handle, added.held.epoll_events(),
                              errno);
  }
  *entry.registration = added;
  *entry.token = token;
  return absl::OkStatus();
}

// `Modify` of a disarmed oneshot registration to what it was before: the common
// way of `Change`.
inline absl::Status SingleWaiterEpollSelector::Rearm(Handle handle, Entry entry,
                                                     Token token) {
  entry->prediction.Rearmed(entry->IsReportedBy(wait_number_));
  if (entry->held == kSilence) {
    const RegistrationMask target = epoll::MaskForKernel(*entry.registration);
    if (ABSL_PREDICT_FALSE(core_.queue().Control(
                               EPOLL_CTL_MOD, handle, target.epoll_events(),
                               TaggedData(handle, entry->generation)) != 0)) {
      return Refused(handle, entry);
    }
    entry->held = target;
  }
  entry->is_armed = true;
  *entry.token = token;
  return absl::OkStatus();
}

// The error of a `Modify` that the kernel has refused.
absl::Status SingleWaiterEpollSelector::Refused(Handle handle, Entry entry) {
  const int error = errno;
  if (IsGone(error, entry->held)) Forget(*entry.registration);
  return core_.ControlError(EPOLL_CTL_MOD, handle, 0, error);
}

// `Modify` of what is in the table: the table alone if that will do, else the
// kernel before the next wait, or now.
ABSL_ATTRIBUTE_NOINLINE absl::Status SingleWaiterEpollSelector::Change(
    Handle handle, Entry entry, Token token, RegistrationMask wanted) {
  RegistrationRecord after = *entry.registration;
  if (!after.is_armed) {
    after.prediction.Rearmed(after.IsReportedBy(wait_number_));
    after.is_armed = true;
  }
  after.wanted = wanted;
  const RegistrationMask target = epoll::MaskForKernel(after);
  const bool has_data =
      after.is_tagged || (!NeedsTag(token, wanted) && token == *entry.token);
  const bool is_held = has_data && target == after.held;
  // What changes nothing is to look again: the caller knows of something that
  // has woken nobody.
  const bool is_another_look =
      is_held && entry->is_armed && !after.is_changed && token == *entry.token;
  const bool is_told = is_held && !target.has(Mode::kEdge) && !is_another_look;
  const bool may_wait = has_data && !is_another_look &&
                        epoll::MayComeToNothing(after.held, target);
  if (!is_told && !(may_wait && NoteChange(handle, after))) {
    if (!TellKernel(handle, token, target, after)) {
      return Refused(handle, entry);
    }
  }
  *entry.registration = after;
  *entry.token = token;
  return absl::OkStatus();
}

// Puts a registration on the list of those that the kernel is to be told of.
// False if the list is full.
bool SingleWaiterEpollSelector::NoteChange(Handle handle,
                                           RegistrationRecord& registration) {
  if (registration.is_changed) return true;
  if (change_count_ == changes_.size()) return false;
  changes_[change_count_++] = handle;
  registration.is_changed = true;
  return true;
}

// Tells the kernel all that there is to say of one registration. False, with
// errno set, if it refuses.
bool SingleWaiterEpollSelector::TellKernel(Handle handle, Token token,
                                           RegistrationMask target,
                                           RegistrationRecord& registration) {
  registration.held = target;
  registration.is_tagged = NeedsTag(token, registration.wanted);
  registration.is_changed = false;
  return core_.queue().Control(EPOLL_CTL_MOD, handle, target.epoll_events(),
                               registration.is_tagged
                                   ? TaggedData(handle, registration.generation)
                                   : token.value()) == 0;
}

// Tells the kernel of each change on the list that has not come to nothing.
// Only a handle closed without `Remove` can be refused here, which is
// nobody's business any more.
ABSL_ATTRIBUTE_NOINLINE void SingleWaiterEpollSelector::TellChanges() {
  for (std::size_t i = 0; i < change_count_; ++i) {
    const Entry entry = table_.FindKnown(changes_[i]);
    if (!entry->is_changed) continue;
    entry->is_changed = false;
    const RegistrationMask target = epoll::MaskForKernel(*entry.registration);
    if (target == entry->held) continue;
    RegistrationRecord after = *entry.registration;
    if (TellKernel(changes_[i], *entry.token, target, after)) {
      *entry.registration = after;
    } else if (IsGone(errno, entry->held)) {
      Forget(*entry.registration);
    }
  }
  change_count_ = 0;
}

absl::StatusOr<absl::Span<Event>> SingleWaiterEpollSelector::Wait(
    absl::Span<Event> events, absl::Duration timeout) {
  if (ABSL_PREDICT_FALSE(!admission_.MayWait(events))) {
    if (absl::Status status = admission_.CheckWait(events); !status.ok()) {
      return status;
    }
  }
  if (ABSL_PREDICT_FALSE(change_count_ != 0)) TellChanges();
  ++wait_number_;
  const epoll::EventBuffer buffer(events);
  internal::WaitTimeout remaining(timeout);
  internal::OnUnwind pass_on([this] { core_.waker().PassOn(); });
  const int count =
      core_.queue().Wait(buffer.kernel_events(), buffer.room(), remaining);
  pass_on.Dismiss();
  Fetched fetched;
  const std::size_t filled = Widen(events, count, fetched);
  if (ABSL_PREDICT_TRUE(!fetched.has_wake_up && (filled != 0 || count == 0) &&
                        admission_.IsUsable())) {
    return events.first(filled);
  }
  return FinishWait(events, count, filled, fetched, remaining);
}

// The rest of `Wait`, where the events that were `fetched` by its first call,
// `count` of which -1 means an error, and `filled` of which are left, are not
// simply what it returns. Apart, so that the common way stays short.
ABSL_ATTRIBUTE_NOINLINE absl::StatusOr<absl::Span<Event>>
SingleWaiterEpollSelector::FinishWait(absl::Span<Event> events, int count,
                                      std::size_t filled, Fetched fetched,
                                      internal::WaitTimeout remaining) {
  const epoll::EventBuffer buffer(events);
  for (;;) {
    if (count < 0) return epoll::WaitError(errno);
    if (!admission_.IsUsable()) return admission_.WhyOver();
    if (fetched.has_wake_up) {
      if (count == buffer.room()) filled = FillLastPlace(events, filled);
      // Last, so that every `Wake` up to here counts as this one, and so that
      // the call above could not meet another.
      if (core_.waker().Acknowledge()) return events.first(filled);
    }
    if (filled != 0 || count == 0) return events.first(filled);
    // Each round silences what it dropped, and so there is an end; but not what
    // cannot be named any more.
    if (fetched.has_unstoppable && remaining.remaining_ns() == 0) {
      return events.first(0);
    }
    remaining.Refresh();
    internal::OnUnwind pass_on([this] { core_.waker().PassOn(); });
    count =
        core_.queue().Wait(buffer.kernel_events(), buffer.room(), remaining);
    pass_on.Dismiss();
    fetched = Fetched();
    filled = Widen(events, count, fetched);
  }
}

// Widens the `count` events that the kernel has written into the memory of
// `events` (none if negative), and leaves at its front those to be reported.
// Returns their number.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline std::size_t
SingleWaiterEpollSelector::Widen(absl::Span<Event> events, int count,
                                 Fetched& fetched) {
  return epoll::EventBuffer(events).WidenIf(
      count, [this, &fetched](epoll_event& event) {
        return ABSL_PREDICT_TRUE(!IsTagged(event.data.u64)) ||
               Resolve(event, fetched);
      });
}

// Gives an event with tagged data its token, and disarms a oneshot
// registration. False if the event is not to be reported.
inline bool SingleWaiterEpollSelector::Resolve(epoll_event& event,
                                               Fetched& fetched) {
  const std::uint64_t data = event.data.u64;
  if (ABSL_PREDICT_FALSE(data == epoll::EventfdWaker::kData)) {
    fetched.has_wake_up = true;
    return false;
  }
  const Entry entry = table_.FindKnown(epoll::HandleOf(data));
  if (ABSL_PREDICT_FALSE(!entry->is_armed ||
                         entry->generation != epoll::GenerationOf(data))) {
    Silence(data, fetched);
    return false;
  }
  event.data.u64 = entry.token->value();
  if (entry->wanted.has(Mode::kOneshot)) {
    entry->is_armed = false;
    entry->SetReportedBy(wait_number_);
    if (entry->held.has(Mode::kOneshot)) entry->held = kSilence;
  }
  return true;
}

// For an event with these data that is not to be reported: lets the kernel
// report no more of it.
ABSL_ATTRIBUTE_NOINLINE void SingleWaiterEpollSelector::Silence(
    std::uint64_t data, Fetched& fetched) {
  const Handle handle = epoll::HandleOf(data);
  const Entry entry = table_.FindKnown(handle);
  if (!entry->is_used || entry->generation != epoll::GenerationOf(data)) {
    fetched.has_unstoppable = true;
    return;
  }
  // The hang-up of one that is silent already: with EPOLLONESHOT, so the last.
  if (entry->held == kSilence) return;
  // An empty mask does not keep hang-up and error back, so it needs to be
  // EPOLLONESHOT; at most one more event comes of it.
  if (core_.queue().Control(EPOLL_CTL_MOD, handle, EPOLLONESHOT, data) == 0) {
    entry->held = kSilence;
    entry->prediction.Failed();
    return;
  }
  fetched.has_unstoppable = true;
  if (IsGone(errno, entry->held)) Forget(*entry.registration);
}

// Gives the place that a wake-up took, in a span that was full, to the event
// that it pushed out. Returns how many events there are then.
std::size_t SingleWaiterEpollSelector::FillLastPlace(absl::Span<Event> events,
                                                     std::size_t filled) {
  // A thread that ended here would take the other events along.
  const posix::CancellationShield shield;
  for (;;) {
    epoll_event last;
    internal::WaitTimeout none(absl::ZeroDuration());
    if (core_.queue().Wait(&last, 1, none) != 1) return filled;
    if (!IsTagged(last.data.u64)) {
      return epoll::AddOrMerge(events, filled, epoll::ToEvent(last));
    }
    // It is not late yet if it was reported a moment ago.
    if (filled != 0 && IsDisarmedByThisWait(last.data.u64)) return filled;
    Fetched fetched;
    if (Resolve(last, fetched)) {
      return epoll::AddOrMerge(events, filled, epoll::ToEvent(last));
    }
    if (fetched.has_wake_up || fetched.has_unstoppable) return filled;
  }
}

// Whether an event with tagged data is of a registration that was reported by
// this `Wait`, as far as `reported_by` tells.
bool SingleWaiterEpollSelector::IsDisarmedByThisWait(std::uint64_t data) const {
  if (data == epoll::EventfdWaker::kData) return false;
  const Entry entry = table_.FindKnown(epoll::HandleOf(data));
  return entry->is_used && entry->generation == epoll::GenerationOf(data) &&
         !entry->is_armed && entry->IsReportedBy(wait_number_);
}

void SingleWaiterEpollSelector::TellChangesNow() {
  if (change_count_ != 0) TellChanges();
}

absl::StatusOr<absl::Span<Event>> SingleWaiterEpollSelector::Collect(
    absl::Span<Event> events, bool& is_woken) {
  TellChangesNow();
  ++wait_number_;
  const epoll::EventBuffer buffer(events);
  internal::WaitTimeout none = internal::WaitTimeout::Zero();
  const int count =
      core_.queue().Wait(buffer.kernel_events(), buffer.room(), none);
  if (count < 0) return epoll::WaitError(errno);
  Fetched fetched;
  std::size_t filled = Widen(events, count, fetched);
  if (fetched.has_wake_up) {
    is_woken = true;
    if (count == buffer.room()) filled = FillLastPlace(events, filled);
  }
  return events.first(filled);
}

bool SingleWaiterEpollSelector::IsRegistered(Handle handle) const {
  const Entry entry = table_.Find(handle);
  return entry && entry->is_used;
}

bool SingleWaiterEpollSelector::IsLate(Handle handle) const {
  const Entry entry = table_.Find(handle);
  return entry && entry->is_used && !entry->is_armed &&
         !entry->IsReportedBy(wait_number_);
}

absl::Status SingleWaiterEpollSelector::Wake() {
  return admission_.Wake([this] { return core_.waker().Wake(); });
}

void SingleWaiterEpollSelector::Close() {
  if (admission_.Close()) core_.waker().WakeForever();
}

absl::Status SingleWaiterEpollSelector::HandOver() {
  return admission_.HandOver();
}

absl::StatusOr<Handle> SingleWaiterEpollSelector::descriptor() const {
  return admission_.Descriptor(core_.queue().descriptor());
}

absl::string_view SingleWaiterEpollSelector::name() const {
  return epoll::EpollCore::kName;
}

Capabilities SingleWaiterEpollSelector::capabilities() const {
  return core_.capabilities();
}

}  // namespace event_selector
