#include "backends/kqueue/change_list.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "backends/kqueue/registration_word.h"
#include "backends/kqueue/system.h"
#include "event/interest.h"

namespace event_selector {
namespace kqueue {
namespace {

// More than any buffer holds, and within `data` everywhere.
constexpr std::int32_t kNoBufferHolds =
    std::numeric_limits<std::int32_t>::max();

unsigned FlagsOf(bool is_asked_for, RegistrationWord word) {
  if (!is_asked_for || word.is_edge()) return EV_CLEAR;
  return word.is_oneshot() ? EV_DISPATCH : 0u;
}

// Whether a filter of its own reports out-of-band data.
bool HasExcept(RegistrationWord word) {
  return kHasExcept && word.wants(Interest::kPriority);
}

}  // namespace

void ChangeList::Push(Filter filter, unsigned flags, unsigned fflags,
                      std::int32_t data, std::uint32_t label) {
  changes_[size_] =
      MakeKevent(handle_, filter, flags | EV_RECEIPT, fflags, data, label);
  results_[size_] = kNotDone;
  ++size_;
}

// `action` with the parameters that the filter of one direction has.
void ChangeList::PushDirection(Filter filter, bool is_asked_for,
                               RegistrationWord word, unsigned action) {
  Push(filter, FlagsOf(is_asked_for, word) | action,
       is_asked_for ? 0u : NOTE_LOWAT, is_asked_for ? 0 : kNoBufferHolds,
       word.generation());
}

void ChangeList::AddAll(RegistrationWord word) {
  // EV_ENABLE, too: EV_ADD says nothing of a filter that is disabled.
  constexpr unsigned kAction = EV_ADD | EV_ENABLE;
  PushDirection(EVFILT_READ, word.wants(Interest::kReadable), word, kAction);
  PushDirection(EVFILT_WRITE, word.wants(Interest::kWritable), word, kAction);
  if (HasExcept(word)) {
    Push(kExcept, FlagsOf(true, word) | kAction, kOutOfBand, 0,
         word.generation());
  }
  if (word.has(RegistrationWord::kIsDead)) AddDead(word);
}

void ChangeList::AddDead(RegistrationWord word) {
  // (A parked one is reported once, R6, as what is not asked for is.)
  Push(kUser, FlagsOf(!word.is_parked(), word) | EV_ADD | EV_ENABLE, 0, 0,
       word.generation());
  // In a change of its own: an EV_ADD of what is new does not trigger it
  // (FreeBSD, kern_event.c, filt_userattach).
  Push(kUser, 0, kTrigger, 0, word.generation());
}

void ChangeList::DeleteAll(RegistrationWord word) {
  Push(EVFILT_READ, EV_DELETE, 0, 0, 0);
  Push(EVFILT_WRITE, EV_DELETE, 0, 0, 0);
  if (HasExcept(word)) Push(kExcept, EV_DELETE, kOutOfBand, 0, 0);
  if (word.has(RegistrationWord::kIsDead)) DeleteDead();
}

void ChangeList::DeleteDead() { Push(kUser, EV_DELETE, 0, 0, 0); }

void ChangeList::ProbeVnode() { Push(EVFILT_VNODE, EV_ADD, 0, 0, 0); }

void ChangeList::DeleteVnode() { Push(EVFILT_VNODE, EV_DELETE, 0, 0, 0); }

void ChangeList::SetRead(RegistrationWord word, bool is_promoted) {
  SetDirection(EVFILT_READ, word.wants(Interest::kReadable), word, is_promoted);
}

void ChangeList::SetWrite(RegistrationWord word, bool is_promoted) {
  SetDirection(EVFILT_WRITE, word.wants(Interest::kWritable), word,
               is_promoted);
}

void ChangeList::SetDirection(Filter filter, bool is_asked_for,
                              RegistrationWord word, bool is_promoted) {
  // Delete it first: adding it again does not change EV_CLEAR.
  Push(filter, EV_DELETE, 0, 0, 0);
  if (is_promoted) {
    Push(filter, EV_ADD | EV_ENABLE, 0, 0, word.generation());
  } else {
    PushDirection(filter, is_asked_for, word, EV_ADD | EV_ENABLE);
  }
}

void ChangeList::Probe(RegistrationWord word) {
  // With all that was given before: every change replaces it.
  PushDirection(EVFILT_READ, word.wants(Interest::kReadable), word, EV_ENABLE);
  PushDirection(EVFILT_WRITE, word.wants(Interest::kWritable), word, EV_ENABLE);
}

int ChangeList::ResultOf(Filter filter, unsigned action) const {
  for (std::size_t i = size_; i-- > 0;) {
    if (changes_[i].filter == filter && HasFlag(changes_[i], action)) {
      return results_[i];
    }
  }
  return kNotDone;
}

bool ChangeList::HasResult(unsigned action, int error) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (HasFlag(changes_[i], action) && results_[i] == error) return true;
  }
  return false;
}

bool ChangeList::FoundAny(unsigned action) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (HasFlag(changes_[i], action) && results_[i] != ENOENT) return true;
  }
  return false;
}

}  // namespace kqueue
}  // namespace event_selector
