#include "backends/kqueue/event_merger.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/optimization.h"
#include "backends/kqueue/kevent_report.h"
#include "backends/kqueue/registration_table.h"
#include "backends/kqueue/registration_word.h"
#include "backends/kqueue/system.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"

namespace event_selector {
namespace kqueue {
namespace {

using State = RegistrationWord::State;

// R6: of a parked registration, what was not told yet. `word` gets to know it.
Readiness OfParked(Readiness report, RegistrationWord& word) {
  if (word.has(State::kHangupTold)) report -= Readiness::kHangup;
  if (word.has(State::kErrorTold)) report -= Readiness::kError;
  if (report.hangup()) word = word.with(State::kHangupTold);
  if (report.error()) word = word.with(State::kErrorTold);
  return report;
}

// Whether what `word` has just reported has to come again with each `Wait`
// (M1), but no filter of it reports by level what it reported.
bool NeedsPromotion(RegistrationWord word, Readiness report) {
  return word.is_level() && !word.is_parked() &&
         !word.wants(Interest::kReadable) && word.has(State::kReadEnded) &&
         (report.read_closed() || report.hangup()) &&
         !word.has(State::kIsPromoted);
}

// Whether the end is over for which the read filter of `word` was promoted: a
// FIFO that a new writer has opened. As it is, it would report for ever that
// there is something to read, for which nobody has asked.
bool NeedsDemotion(RegistrationWord word, const Kevent& kevent) {
  return kevent.filter == EVFILT_READ && word.is_level() && !word.is_parked() &&
         word.has(State::kIsPromoted) && !word.has(State::kReadEnded);
}

}  // namespace

std::optional<EventMerger::Follower> EventMerger::TakeFollower() {
  return std::exchange(follower_, std::nullopt);
}

EventMerger::Slot& EventMerger::SlotOf(const Source& source) {
  // Fibonacci hashing: neighbours are spread.
  std::size_t place =
      (static_cast<std::uint32_t>(source.handle) * 2654435769u) >> 16;
  for (;; ++place) {
    Slot& slot = slots_[place % kSlots];
    if (slot == 0) return slot;
    const Source& other = sources_[slot - 1u];
    if (other.handle == source.handle &&
        other.generation == source.generation) {
      return slot;
    }
  }
}

void EventMerger::Take(const Kevent& kevent) {
  // An error of a change: nothing was changed here.
  if (ABSL_PREDICT_FALSE(HasFlag(kevent, EV_ERROR))) return;
  const Source source = {HandleOf(kevent), LabelOf(kevent)};
  AtomicRegistration* const registration = table_.Find(source.handle);
  if (ABSL_PREDICT_FALSE(registration == nullptr)) return;
  Slot& slot = SlotOf(source);
  RegistrationWord word = registration->word();
  for (;;) {
    if (word.generation() != source.generation || !word.has(State::kUsed)) {
      return;
    }
    // M3: exactly one `Wait` has the event, this one if it has a part already.
    if (slot == 0 && !word.has(State::kArmed)) return;
    RegistrationWord heard = HearEnds(word, kevent);
    Readiness report = ReportOf(heard, kevent);
    if (heard.is_parked()) report = OfParked(report, heard);
    if (heard.is_oneshot() && !report.empty()) {
      heard = heard.without(State::kArmed);
    }
    const bool is_promoted = NeedsPromotion(heard, report);
    const bool is_demoted = NeedsDemotion(heard, kevent);
    if (is_promoted) heard = heard.with(State::kIsPromoted);
    if (is_demoted) heard = heard.without(State::kIsPromoted);
    if (heard != word && !registration->Exchange(word, heard)) continue;
    if (is_promoted || is_demoted) {
      follower_ = {source.handle, source.generation};
    }
    if (!report.empty()) Add(source, *registration, report, slot);
    return;
  }
}

void EventMerger::Add(const Source& source, AtomicRegistration& registration,
                      Readiness report, Slot& slot) {
  if (slot != 0) {
    events_[slot - 1u].readiness |= report;
    return;
  }
  const std::optional<Token> token = registration.TokenUnder(source.generation);
  if (!token.has_value()) return;
  sources_[filled_] = source;
  events_[filled_] = Event{*token, report};
  ++filled_;
  slot = static_cast<Slot>(filled_);
}

}  // namespace kqueue
}  // namespace event_selector
