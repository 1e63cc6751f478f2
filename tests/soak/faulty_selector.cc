#include "tests/soak/faulty_selector.h"

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/soak/setting.h"

namespace event_selector {
namespace soak {

absl::Status FaultySelector::Add(Handle handle, Token token, Interest interest,
                                 Mode mode) {
  return selector_->Add(handle, token, interest, mode);
}

absl::Status FaultySelector::Modify(Handle handle, Token token,
                                    Interest interest, Mode mode) {
  if (Has(Fault::kDropModify)) return absl::OkStatus();
  return selector_->Modify(handle, token, interest, mode);
}

absl::Status FaultySelector::Remove(Handle handle) {
  if (Has(Fault::kDropRemove)) return absl::OkStatus();
  return selector_->Remove(handle);
}

absl::StatusOr<absl::Span<Event>> FaultySelector::Wait(absl::Span<Event> events,
                                                       absl::Duration timeout) {
  for (;;) {
    const bool has_end =
        timeout > absl::ZeroDuration() && timeout < absl::InfiniteDuration();
    absl::StatusOr<absl::Span<Event>> ready = selector_->Wait(
        events, has_end && Has(Fault::kEndEarly) ? 0.9 * timeout : timeout);
    if (!ready.ok()) return ready;
    if (ready->empty()) {
      if (Has(Fault::kDoubleWake)) selector_->Wake().IgnoreError();
      return ready;
    }
    const absl::Span<Event> spoilt = Spoil(events, *ready);
    // A kernel that loses the last event goes on waiting.
    if (!spoilt.empty() || timeout != absl::InfiniteDuration()) return spoilt;
  }
}

absl::Span<Event> FaultySelector::Spoil(absl::Span<Event> room,
                                        absl::Span<Event> ready) {
  if (Has(Fault::kDropEvent)) return ready.first(ready.size() - 1);
  if (ready.size() < room.size() && Has(Fault::kDoubleEvent)) {
    room[ready.size()] = ready.back();
    return room.first(ready.size() + 1);
  }
  return ready;
}

absl::Status FaultySelector::Wake() {
  if (Has(Fault::kDropWake)) return absl::OkStatus();
  return selector_->Wake();
}

void FaultySelector::Close() {
  if (!Has(Fault::kDropClose)) selector_->Close();
}

bool FaultySelector::Has(Fault fault) {
  return fault == fault_ && (chances_->fetch_add(1) + 1) % every_ == 0;
}

SelectorFactory MakeFaulty(Fault fault, int every) {
  auto chances = std::make_shared<std::atomic<int>>(0);
  return [fault, every, chances]() -> std::unique_ptr<Selector> {
    return std::make_unique<FaultySelector>(FirstBackend()(), fault, every,
                                            chances);
  };
}

}  // namespace soak
}  // namespace event_selector
