#include "backends/kqueue/kqueue_selector.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>

#include "absl/base/optimization.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/kqueue/control_error.h"
#include "backends/kqueue/event_merger.h"
#include "backends/kqueue/system.h"
#include "backends/kqueue/timeout_resolution.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/fork_generation.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/on_unwind.h"
#include "event/internal/registration_rules.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {
namespace {

constexpr absl::string_view kName = "kqueue";

// But for the resolution of timeouts, which may have to be asked for.
Capabilities AllCapabilities() {
  Capabilities capabilities;
  capabilities.interests =
      Interest::kReadable | Interest::kWritable | Interest::kReadClosed;
  if (kqueue::kHasExcept) capabilities.interests |= Interest::kPriority;
  capabilities.modes = Mode::kEdge | Mode::kOneshot;
  capabilities.hangup_without_interest = true;
  return capabilities;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KqueueSelector>> KqueueSelector::Create(
    const SelectorOptions& options) {
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  auto selector = absl::WrapUnique(new (std::nothrow) KqueueSelector(options));
  if (selector == nullptr) return internal::NoMemoryError("a selector");
  if (absl::Status status = selector->queue_.Open(); !status.ok()) {
    return status;
  }
  if (absl::Status status = selector->waker_.Open(selector->queue_);
      !status.ok()) {
    return status;
  }
  return selector;
}

// ---- Changes

absl::Status KqueueSelector::CheckRegistration(internal::RegistrationCall call,
                                               Handle handle, Interest interest,
                                               Mode mode) {
  absl::Status status = admission_.CheckRegistration(
      call, kName, AllCapabilities(), interest, mode);
  if (ABSL_PREDICT_FALSE(status.ok() && Owns(handle))) {
    return kqueue::OwnHandleError(
        call == internal::RegistrationCall::kAdd ? "Add" : "Modify", handle);
  }
  return status;
}

absl::Status KqueueSelector::Add(Handle handle, Token token, Interest interest,
                                 Mode mode) {
  if (absl::Status status = CheckRegistration(internal::RegistrationCall::kAdd,
                                              handle, interest, mode);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  return registrar_.Add(handle, token, interest, mode);
}

absl::Status KqueueSelector::Modify(Handle handle, Token token,
                                    Interest interest, Mode mode) {
  if (absl::Status status = CheckRegistration(
          internal::RegistrationCall::kModify, handle, interest, mode);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  return registrar_.Modify(handle, token, interest, mode);
}

absl::Status KqueueSelector::Remove(Handle handle) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  if (ABSL_PREDICT_FALSE(Owns(handle))) {
    return kqueue::OwnHandleError("Remove", handle);
  }
  return registrar_.Remove(handle);
}

// ---- Wait

absl::StatusOr<absl::Span<Event>> KqueueSelector::Wait(absl::Span<Event> events,
                                                       absl::Duration timeout) {
  if (absl::Status status = admission_.CheckWait(events);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  // As many as there is room for events: more could not be given back.
  std::array<kqueue::Kevent, kqueue::EventMerger::kMost> room;
  const auto kevents =
      absl::MakeSpan(room).first(std::min(room.size(), events.size()));
  internal::WaitTimeout remaining(timeout);
  kqueue::EventMerger merger(registrar_.table(), events);
  for (int rounds = 1;; ++rounds) {
    internal::OnUnwind pass_on([this] { waker_.PassOn(); });
    const int count = queue_.Wait(kevents, remaining);
    pass_on.Dismiss();
    if (ABSL_PREDICT_FALSE(count < 0)) return kqueue::WaitError(errno);
    const auto fetched = kevents.first(static_cast<std::size_t>(count));
    const bool is_full = fetched.size() == kevents.size();
    bool is_woken = Take(fetched, merger);
    if (ABSL_PREDICT_FALSE(is_woken)) {
      if (!admission_.IsUsable()) {
        // On NetBSD before 10 one level event wakes one thread: each passes it
        // on.
        waker_.WakeForever();
        return admission_.WhyOver();
      }
      if (is_full) FillLastPlace(merger);
      // Last, so that every `Wake` up to here counts as this one.
      is_woken = waker_.Acknowledge();
    }
    if (merger.filled() > 0 || is_woken) return events.first(merger.filled());
    // Nothing of what was fetched is for the caller. Where that was all, a
    // timeout of zero is over. Bounded in any case: what is reported again and
    // again for nobody must not keep a call that is not to wait.
    constexpr int kMostRounds = 64;
    const bool may_be_all = !is_full || rounds >= kMostRounds;
    if (fetched.empty() || (remaining.remaining_ns() == 0 && may_be_all)) {
      return events.first(0);
    }
    remaining.Refresh();
  }
}

// Hands `kevents` on to `merger`, but for the waker's. Whether there was one.
bool KqueueSelector::Take(absl::Span<const kqueue::Kevent> kevents,
                          kqueue::EventMerger& merger) {
  bool is_woken = false;
  for (const kqueue::Kevent& kevent : kevents) {
    if (ABSL_PREDICT_FALSE(waker_.IsWakeUp(kevent))) {
      is_woken = true;
      continue;
    }
    merger.Take(kevent);
    if (const auto follower = merger.TakeFollower();
        ABSL_PREDICT_FALSE(follower.has_value())) {
      registrar_.FollowEnd(*follower);
    }
  }
  return is_woken;
}

// K3: gives the place that a wake-up took to the event that it pushed out.
void KqueueSelector::FillLastPlace(kqueue::EventMerger& merger) {
  // A thread that ended here would take the other events along.
  const posix::CancellationShield shield;
  kqueue::Kevent last;
  internal::WaitTimeout none = internal::WaitTimeout::Zero();
  if (queue_.Wait(absl::MakeSpan(&last, 1), none) == 1) {
    Take(absl::MakeConstSpan(&last, 1), merger);
  }
}

// ---- The rest

absl::Status KqueueSelector::Wake() {
  return admission_.Wake([this] { return waker_.Wake(); });
}

void KqueueSelector::Close() {
  if (admission_.Close()) waker_.WakeForever();
}

absl::Status KqueueSelector::HandOver() { return admission_.HandOver(); }

absl::StatusOr<Handle> KqueueSelector::descriptor() const {
  return admission_.Descriptor(queue_.descriptor());
}

absl::string_view KqueueSelector::name() const { return kName; }

Capabilities KqueueSelector::capabilities() const {
  Capabilities capabilities = AllCapabilities();
  capabilities.timeout_resolution = kqueue::TimeoutResolution();
  return capabilities;
}

}  // namespace event_selector
