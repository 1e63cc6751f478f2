#include "backends/epoll/epoll_selector.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>

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
#include "backends/epoll/epoll_events.h"
#include "backends/epoll/event_buffer.h"
#include "backends/epoll/eventfd_waker.h"
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
#include "event/readiness.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

absl::StatusOr<std::unique_ptr<EpollSelector>> EpollSelector::Create(
    const SelectorOptions& /*options*/) {
  // Before its life begins, which notes the process.
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  auto selector = absl::WrapUnique(new (std::nothrow) EpollSelector);
  if (selector == nullptr) return internal::NoMemoryError("a selector");
  if (absl::Status status = selector->core_.Open(); !status.ok()) return status;
  return selector;
}

// The error of an epoll_ctl(2) that has just failed. Apart, so that nothing has
// to be kept for it.
ABSL_ATTRIBUTE_NOINLINE absl::Status EpollSelector::Refused(
    int operation, Handle handle) const {
  return core_.ControlError(operation, handle, 0, errno);
}

// A third of the instructions of `Add`, `Modify` and `Remove` would be calls
// from one to the next of these.
template <bool kMayBeExclusive>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline absl::Status EpollSelector::Control(
    int operation, Handle handle, std::uint32_t events, std::uint64_t data) {
  if (ABSL_PREDICT_FALSE(core_.waker().Owns(handle))) {
    return epoll::OwnHandleError(operation, handle);
  }
  // `self` goes with what the kernel could change, so that the compiler reads
  // it again after the call, where it is needed, and keeps no register for it.
  struct {
    epoll_event event;
    const EpollSelector* self;
  } told;
  told.event.events = events;
  told.event.data.u64 = data;
  told.self = this;
  if (ABSL_PREDICT_FALSE(epoll_ctl(core_.queue().descriptor(), operation,
                                   handle, &told.event) != 0)) {
    return kMayBeExclusive
               ? core_.ControlError(operation, handle, events, errno)
               : told.self->Refused(operation, handle);
  }
  return absl::OkStatus();
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline absl::Status EpollSelector::Register(
    int operation, Handle handle, Token token, Interest interest, Mode mode) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  if (ABSL_PREDICT_FALSE(!epoll::EpollCore::IsOrdinary(interest, mode) ||
                         token.value() == epoll::EventfdWaker::kData)) {
    return RegisterUnusual(operation, handle, token, interest, mode);
  }
  return Control<false>(operation, handle, epoll::EpollEvents(interest, mode),
                        token.value());
}

// `Register` where there is something to check or to do before.
ABSL_ATTRIBUTE_NOINLINE absl::Status EpollSelector::RegisterUnusual(
    int operation, Handle handle, Token token, Interest interest, Mode mode) {
  if (absl::Status status =
          epoll::EpollCore::CheckRegistration(operation, interest, mode);
      !status.ok()) {
    return status;
  }
  if (token.value() == epoll::EventfdWaker::kData) {
    if (absl::Status status = core_.waker().ShareToken(); !status.ok()) {
      return status;
    }
  }
  return Control<true>(operation, handle, epoll::EpollEvents(interest, mode),
                       token.value());
}

absl::Status EpollSelector::Add(Handle handle, Token token, Interest interest,
                                Mode mode) {
  return Register(EPOLL_CTL_ADD, handle, token, interest, mode);
}

absl::Status EpollSelector::Modify(Handle handle, Token token,
                                   Interest interest, Mode mode) {
  return Register(EPOLL_CTL_MOD, handle, token, interest, mode);
}

absl::Status EpollSelector::Remove(Handle handle) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  return Control<false>(EPOLL_CTL_DEL, handle, 0, 0);
}

// The common way of `Wait`: `kTimeout` milliseconds, 0 or -1. Has nothing but
// its arguments to keep across the system call, since saving registers would
// make up half of its instructions.
template <int kTimeout>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline absl::StatusOr<absl::Span<Event>>
EpollSelector::WaitUntimed(absl::Span<Event> events) {
  constexpr auto kDuration =
      kTimeout < 0 ? absl::InfiniteDuration() : absl::ZeroDuration();
  if (ABSL_PREDICT_FALSE(!admission_.MayWait(events))) {
    return WaitTimed(events, kDuration);
  }
  const auto buffer = epoll::EventBuffer::OfAnySize(events);
  internal::OnUnwind pass_on([this] { core_.waker().PassOn(); });
  const int count =
      core_.queue().WaitOnce(buffer.kernel_events(), buffer.room(), kTimeout);
  pass_on.Dismiss();
  // A signal, or more room than the kernel takes: begin anew. Anything else
  // fails there again. (And an infinite wait does not end with nothing.)
  if (ABSL_PREDICT_FALSE(count < 0 || (count == 0 && kTimeout < 0))) {
    return WaitTimed(events, kDuration);
  }
  const bool may_be_woken = buffer.Widen(count, epoll::EventfdWaker::kData);
  if (ABSL_PREDICT_FALSE(may_be_woken)) {
    return FinishWait(events, count, internal::WaitTimeout(kDuration));
  }
  return absl::MakeSpan(events.data(), static_cast<std::size_t>(count));
}

absl::StatusOr<absl::Span<Event>> EpollSelector::Wait(absl::Span<Event> events,
                                                      absl::Duration timeout) {
  if (timeout == absl::ZeroDuration()) return WaitUntimed<0>(events);
  if (timeout == absl::InfiniteDuration()) return WaitUntimed<-1>(events);
  return WaitTimed(events, timeout);
}

// `Wait` with whatever its common way leaves out: a timeout that needs a clock,
// or an error.
ABSL_ATTRIBUTE_NOINLINE absl::StatusOr<absl::Span<Event>>
EpollSelector::WaitTimed(absl::Span<Event> events, absl::Duration timeout) {
  if (absl::Status status = admission_.CheckWait(events); !status.ok()) {
    return status;
  }
  const epoll::EventBuffer buffer(events);
  internal::WaitTimeout remaining(timeout);
  internal::OnUnwind pass_on([this] { core_.waker().PassOn(); });
  const int count =
      core_.queue().Wait(buffer.kernel_events(), buffer.room(), remaining);
  pass_on.Dismiss();
  if (count > 0) buffer.Widen(count, epoll::EventfdWaker::kData);
  return FinishWait(events, count, remaining);
}

// The rest of `Wait`, where its first `count` of events (-1: an error) is not
// simply what it returns.
ABSL_ATTRIBUTE_NOINLINE absl::StatusOr<absl::Span<Event>>
EpollSelector::FinishWait(absl::Span<Event> events, int count,
                          internal::WaitTimeout remaining) {
  const epoll::EventBuffer buffer(events);
  for (;;) {
    if (count < 0) return epoll::WaitError(errno);
    if (!admission_.IsUsable()) return admission_.WhyOver();
    const auto fetched =
        absl::MakeSpan(events.data(), static_cast<std::size_t>(count));
    const std::optional<std::size_t> filled =
        TakeWakeUp(fetched, count == buffer.room());
    if (filled.has_value()) return fetched.first(*filled);
    remaining.Refresh();
    internal::OnUnwind pass_on([this] { core_.waker().PassOn(); });
    count =
        core_.queue().Wait(buffer.kernel_events(), buffer.room(), remaining);
    pass_on.Dismiss();
    if (count > 0) buffer.Widen(count, epoll::EventfdWaker::kData);
  }
}

// Takes a wake-up out of the events that were `fetched`, which is all that
// there was room for if `is_full`. Returns how many events are left, at the
// front; nullopt if nothing is to be returned, since no call of `Wake` is
// behind it.
std::optional<std::size_t> EpollSelector::TakeWakeUp(absl::Span<Event> fetched,
                                                     bool is_full) {
  const auto end =
      std::remove_if(fetched.begin(), fetched.end(),
                     [this](const Event& event) { return IsWakeUp(event); });
  auto filled = static_cast<std::size_t>(end - fetched.begin());
  // A user's event may carry the waker's token.
  if (filled == fetched.size()) return filled;
  if (is_full) filled = FillLastPlace(fetched, filled);
  // Last, so that every `Wake` up to here counts as this one, and so that the
  // call above could not meet another.
  const bool is_asked_for = core_.waker().Acknowledge();
  if (!is_asked_for && filled == 0) return std::nullopt;
  return filled;
}

bool EpollSelector::IsWakeUp(const Event& event) const {
  return event.token.value() == epoll::EventfdWaker::kData &&
         core_.waker().IsWakeUp(event.readiness.bits());
}

// Gives the place that a wake-up took to the event that it pushed out.
std::size_t EpollSelector::FillLastPlace(absl::Span<Event> fetched,
                                         std::size_t filled) const {
  // A thread that ended here would take the other events along.
  const posix::CancellationShield shield;
  epoll_event last;
  internal::WaitTimeout none(absl::ZeroDuration());
  if (core_.queue().Wait(&last, 1, none) != 1) return filled;
  const Event event = epoll::ToEvent(last);
  if (IsWakeUp(event)) return filled;
  // If nothing was pushed out, the kernel reports a level-triggered one of the
  // first call again: it is queued behind the others as soon as it is reported.
  return epoll::AddOrMerge(fetched, filled, event);
}

absl::Status EpollSelector::Wake() {
  return admission_.Wake([this] { return core_.waker().Wake(); });
}

void EpollSelector::Close() {
  if (admission_.Close()) core_.waker().WakeForever();
}

absl::Status EpollSelector::HandOver() { return admission_.HandOver(); }

absl::StatusOr<Handle> EpollSelector::descriptor() const {
  return admission_.Descriptor(core_.queue().descriptor());
}

absl::string_view EpollSelector::name() const {
  return epoll::EpollCore::kName;
}

Capabilities EpollSelector::capabilities() const {
  return core_.capabilities();
}

}  // namespace event_selector
