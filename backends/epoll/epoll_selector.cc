#include "backends/epoll/epoll_selector.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
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
#include "backends/epoll/epoll_events.h"
#include "backends/epoll/event_buffer.h"
#include "backends/posix/fork_generation.h"
#include "backends/registration_rules.h"
#include "backends/wait_timeout.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event {
namespace {

constexpr absl::string_view kName = "epoll";

Capabilities MakeCapabilities(bool has_fine_timeouts) {
  Capabilities capabilities;
  capabilities.interests = backends::kEveryInterest;
  capabilities.modes = backends::kEveryMode;
  capabilities.timeout_resolution =
      has_fine_timeouts ? absl::Nanoseconds(1) : absl::Milliseconds(1);
  capabilities.hangup_without_interest = true;
  return capabilities;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EpollSelector>> EpollSelector::Create(
    const SelectorOptions& /*options*/) {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  auto selector = absl::WrapUnique(new EpollSelector);
  if (absl::Status status = selector->queue_.Open(); !status.ok()) {
    return status;
  }
  if (absl::Status status = selector->waker_.Open(selector->queue_);
      !status.ok()) {
    return status;
  }
  return selector;
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
  if (ABSL_PREDICT_FALSE(!IsUsable())) return WhyUnusable();
  return Control(EPOLL_CTL_DEL, handle, 0, 0);
}

absl::Status EpollSelector::Register(int operation, Handle handle, Token token,
                                     Interest interest, Mode mode) {
  if (ABSL_PREDICT_FALSE(!IsUsable())) return WhyUnusable();
  const auto call = operation == EPOLL_CTL_ADD
                        ? backends::RegistrationCall::kAdd
                        : backends::RegistrationCall::kModify;
  if (absl::Status status = backends::CheckRegistration(
          kName, MakeCapabilities(true), call, interest, mode);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  if (ABSL_PREDICT_FALSE(token.value() == epoll::EventfdWaker::kData)) {
    if (absl::Status status = waker_.ShareToken(); !status.ok()) return status;
  }
  return Control(operation, handle, epoll::EpollEvents(interest, mode),
                 token.value());
}

absl::Status EpollSelector::Control(int operation, Handle handle,
                                    std::uint32_t events, std::uint64_t data) {
  if (ABSL_PREDICT_FALSE(waker_.Owns(handle))) {
    return epoll::OwnHandleError(operation, handle);
  }
  if (ABSL_PREDICT_FALSE(queue_.Control(operation, handle, events, data) !=
                         0)) {
    return epoll::ControlError(operation, handle, errno);
  }
  return absl::OkStatus();
}

// The common way of `Wait`: `kTimeout` milliseconds, 0 or -1. Has nothing but
// its arguments to keep across the system call, since saving registers would
// make up half of its instructions.
template <int kTimeout>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline absl::StatusOr<absl::Span<Event>>
EpollSelector::WaitUntimed(absl::Span<Event> events) {
  constexpr auto kDuration =
      kTimeout < 0 ? absl::InfiniteDuration() : absl::ZeroDuration();
  if (ABSL_PREDICT_FALSE(!IsUsable())) return WaitTimed(events, kDuration);
  if (ABSL_PREDICT_FALSE(events.empty())) return WaitTimed(events, kDuration);
  const auto buffer = epoll::EventBuffer::OfAnySize(events);
  const int count =
      queue_.WaitOnce(buffer.kernel_events(), buffer.room(), kTimeout);
  // A signal, or more room than the kernel takes: begin anew. Anything else
  // fails there again. (And an infinite wait does not end with nothing.)
  if (ABSL_PREDICT_FALSE(count < 0 || (count == 0 && kTimeout < 0))) {
    return WaitTimed(events, kDuration);
  }
  const bool may_be_woken = buffer.Widen(count, epoll::EventfdWaker::kData);
  if (ABSL_PREDICT_FALSE(may_be_woken)) {
    return FinishWait(events, count, backends::WaitTimeout(kDuration));
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
  if (!IsUsable()) return WhyUnusable();
  if (events.empty()) {
    return absl::InvalidArgumentError(
        "Wait needs room for at least one event, and the span is empty");
  }
  const epoll::EventBuffer buffer(events);
  backends::WaitTimeout remaining(timeout);
  const int count =
      queue_.Wait(buffer.kernel_events(), buffer.room(), remaining);
  if (count > 0) buffer.Widen(count, epoll::EventfdWaker::kData);
  return FinishWait(events, count, remaining);
}

// The rest of `Wait`, where its first `count` of events (-1: an error) is not
// simply what it returns.
ABSL_ATTRIBUTE_NOINLINE absl::StatusOr<absl::Span<Event>>
EpollSelector::FinishWait(absl::Span<Event> events, int count,
                          backends::WaitTimeout remaining) {
  const epoll::EventBuffer buffer(events);
  for (;;) {
    if (count < 0) return epoll::WaitError(errno);
    if (!IsUsable()) return WhyUnusable();
    const auto fetched =
        absl::MakeSpan(events.data(), static_cast<std::size_t>(count));
    const std::optional<std::size_t> filled =
        TakeWakeUp(fetched, count == buffer.room());
    if (filled.has_value()) return fetched.first(*filled);
    remaining.Refresh();
    count = queue_.Wait(buffer.kernel_events(), buffer.room(), remaining);
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
  const bool is_asked_for = waker_.Acknowledge();
  if (!is_asked_for && filled == 0) return std::nullopt;
  return filled;
}

bool EpollSelector::IsWakeUp(const Event& event) const {
  return event.token.value() == epoll::EventfdWaker::kData &&
         waker_.IsWakeUp(event.readiness.bits());
}

// Gives the place that a wake-up took to the event that it pushed out.
std::size_t EpollSelector::FillLastPlace(absl::Span<Event> fetched,
                                         std::size_t filled) const {
  epoll_event last;
  backends::WaitTimeout none(absl::ZeroDuration());
  if (queue_.Wait(&last, 1, none) != 1) return filled;
  const Event event = epoll::ToEvent(last);
  if (IsWakeUp(event)) return filled;
  // If nothing was pushed out, the kernel reports a level-triggered one of the
  // first call again: it is queued behind the others as soon as it is reported.
  // The token is all that tells; an event is merged rather than dropped, since
  // an edge may have come in between.
  for (Event& earlier : fetched.first(filled)) {
    if (earlier.token == event.token) {
      earlier.readiness |= event.readiness;
      return filled;
    }
  }
  fetched[filled] = event;
  return filled + 1;
}

absl::Status EpollSelector::Wake() {
  // Statuses without a message: one with a message would allocate.
  if (ABSL_PREDICT_FALSE(!IsInItsProcess())) {
    return absl::Status(absl::StatusCode::kFailedPrecondition, "");
  }
  if (ABSL_PREDICT_FALSE(!IsUsable())) {
    return absl::Status(absl::StatusCode::kCancelled, "");
  }
  const int saved_errno = errno;
  const bool is_sent = waker_.Wake();
  errno = saved_errno;
  if (ABSL_PREDICT_FALSE(!is_sent)) {
    return absl::Status(absl::StatusCode::kInternal, "");
  }
  return absl::OkStatus();
}

void EpollSelector::Close() {
  if (usable_generation_.exchange(kClosed, std::memory_order_acq_rel) ==
      kClosed) {
    return;
  }
  // A forked child shares the queue with its parent.
  if (IsInItsProcess()) waker_.WakeForever();
}

absl::string_view EpollSelector::name() const { return kName; }

Capabilities EpollSelector::capabilities() const {
  return MakeCapabilities(queue_.has_fine_timeouts());
}

absl::Status EpollSelector::WhyUnusable() const {
  if (!IsInItsProcess()) {
    return absl::FailedPreconditionError(
        "this selector was made before a fork and belongs to the parent "
        "process: create one in the child");
  }
  return absl::CancelledError("the selector is closed");
}

}  // namespace event
