#include "backends/kqueue/event_merger.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/optimization.h"
#include "backends/kqueue/file_kind.h"
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

// `word` with what `kevent` says of the directions' ends. Of a pipe or FIFO
// either end is that of both: NetBSD reports the one of the direction that the
// descriptor has, FreeBSD does so for a FIFO that is opened one way, and NetBSD
// 7.99 and OpenBSD (2021) do not look at a full pipe's write filter when its
// reader goes (sys_pipe.c, fifo_vnops.c of each). Asked of the system once for
// each end, not of what has no end.
RegistrationWord Hear(RegistrationWord word, const Kevent& kevent) {
  const RegistrationWord heard = HearEnds(word, kevent);
  if (ABSL_PREDICT_TRUE(heard == word)) return heard;
  // An end that is over was a FIFO's: of both directions.
  if (!HasFlag(kevent, EV_EOF)) {
    return heard.without(State::kReadEnded).without(State::kWriteEnded);
  }
  const bool is_hangup =
      heard.has(State::kReadEnded) && heard.has(State::kWriteEnded);
  return !is_hangup && IsPipe(HandleOf(kevent)) ? heard.with_both_ended()
                                                : heard;
}

// Whether `kevent` is the second filter's word of an end that an edge has told
// with the first.
bool WasTold(RegistrationWord before, RegistrationWord word,
             const Kevent& kevent) {
  return word.is_edge() && before == word && HasFlag(kevent, EV_EOF) &&
         kevent.fflags == 0 && word.has(State::kReadEnded) &&
         word.has(State::kWriteEnded);
}

// The event of the program's own says nothing of the handle itself, which may
// be closed, or another's.
bool IsOfClosedPipe(const Kevent& kevent) {
  return kHasUser && kevent.filter == kUser && !IsBrokenPipe(HandleOf(kevent));
}

// Whether what `word` has just reported has to come again with each `Wait`
// (M1), but no filter of it reports by level what it reported. Of the read
// filter, and of the write filter, which is needed where the end came from it
// alone: it is that of a pipe, whose read filter may be silent.
bool NeedsReadPromotion(RegistrationWord word, Readiness report) {
  return word.is_level() && !word.is_parked() && !word.has(State::kIsDead) &&
         !word.wants(Interest::kReadable) && word.has(State::kReadEnded) &&
         (report.read_closed() || report.hangup()) &&
         !word.has(State::kReadPromoted);
}
bool NeedsWritePromotion(RegistrationWord before, RegistrationWord word,
                         const Kevent& kevent) {
  return kevent.filter == EVFILT_WRITE && word.is_level() &&
         !word.is_parked() && !word.wants(Interest::kWritable) &&
         word.has(State::kReadEnded) && !before.has(State::kReadEnded) &&
         !word.has(State::kWritePromoted);
}

// Whether the end is over for which the filter of `kevent` was promoted: a FIFO
// that a new peer has opened. As it is, it would report for ever what nobody
// has asked for.
bool NeedsDemotion(RegistrationWord word, const Kevent& kevent) {
  if (!word.is_level() || word.is_parked()) return false;
  switch (kevent.filter) {
    case EVFILT_READ:
      return word.has(State::kReadPromoted) && !word.has(State::kReadEnded);
    case EVFILT_WRITE:
      return word.has(State::kWritePromoted) && !word.has(State::kWriteEnded);
    default:
      return false;
  }
}

// `word`, which was `before`, with what becomes of its filters now that it has
// heard `kevent`, and reports `report`; `follower` gets to know them.
RegistrationWord Promote(RegistrationWord before, RegistrationWord word,
                         Readiness report, const Kevent& kevent,
                         EventMerger::Follower& follower) {
  if (NeedsReadPromotion(word, report)) {
    word = word.with(State::kReadPromoted);
    follower.is_read = true;
  }
  if (NeedsWritePromotion(before, word, kevent)) {
    word = word.with(State::kWritePromoted);
    follower.is_write = true;
  }
  if (NeedsDemotion(word, kevent)) {
    const bool is_read = kevent.filter == EVFILT_READ;
    word = word.without(is_read ? State::kReadPromoted : State::kWritePromoted);
    (is_read ? follower.is_read : follower.is_write) = true;
  }
  return word;
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
    if (ABSL_PREDICT_FALSE(IsOfClosedPipe(kevent))) {
      follower_ = Follower();
      follower_->handle = source.handle;
      follower_->generation = source.generation;
      follower_->is_gone = true;
      return;
    }
    RegistrationWord heard = Hear(word, kevent);
    if (ABSL_PREDICT_FALSE(WasTold(word, heard, kevent))) return;
    Readiness report = ReportOf(heard, kevent);
    if (heard.is_parked()) report = OfParked(report, heard);
    if (heard.is_oneshot() && !report.empty()) {
      heard = heard.without(State::kArmed);
    }
    Follower follower;
    follower.handle = source.handle;
    follower.generation = source.generation;
    heard = Promote(word, heard, report, kevent, follower);
    if (heard != word && !registration->Exchange(word, heard)) continue;
    if (ABSL_PREDICT_FALSE(!follower.empty())) follower_ = follower;
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
