#ifndef TESTS_KQUEUE_SHIM_KNOTE_H_
#define TESTS_KQUEUE_SHIM_KNOTE_H_

#include <sys/event.h>

#include <cstddef>
#include <utility>

#include "tests/kqueue_shim/condition.h"

namespace event_selector {
namespace testing {

// One registration of one filter.
struct Knote {
  bool is_used = false;
  FileKind kind = FileKind::kOther;
  struct kevent event = {};  // ident, filter and udata; the flags that last.
  bool is_disabled = false;
  bool is_touched = false;    // Something has happened while it was disabled.
  bool is_triggered = false;  // EVFILT_USER.
  // In the list of those that are active.
  bool is_active = false;
  // Is in it only because it was reported and may hold still.
  bool is_reported = false;
  Knote* previous = nullptr;
  Knote* next = nullptr;
};

// The knotes that have something to report, in the order in which they got it.
class ActiveList {
 public:
  std::size_t size() const { return size_; }
  // Of them, those that nobody has been told of.
  std::size_t fresh() const { return fresh_; }
  Knote* front() const { return first_; }

  // Something has happened to `knote`.
  void PushBack(Knote& knote) {
    if (knote.is_active) {
      if (std::exchange(knote.is_reported, false)) ++fresh_;
      return;
    }
    Append(knote, false);
  }

  // For one that was reported and stays.
  void PutBack(Knote& knote) { Append(knote, true); }

  // The first of those that nobody was told of; null for none.
  Knote* FirstFresh() const {
    Knote* knote = first_;
    while (knote != nullptr && knote->is_reported) knote = knote->next;
    return knote;
  }

  // The same at the other end.
  void PushFront(Knote& knote) {
    if (knote.is_active) return;
    knote.is_active = true;
    knote.is_reported = false;
    knote.previous = nullptr;
    knote.next = first_;
    (first_ == nullptr ? last_ : first_->previous) = &knote;
    first_ = &knote;
    ++size_;
    ++fresh_;
  }

  // Does nothing for one that is not in it.
  void Take(Knote& knote) {
    if (!knote.is_active) return;
    knote.is_active = false;
    if (!knote.is_reported) --fresh_;
    (knote.previous == nullptr ? first_ : knote.previous->next) = knote.next;
    (knote.next == nullptr ? last_ : knote.next->previous) = knote.previous;
    --size_;
  }

 private:
  void Append(Knote& knote, bool is_reported) {
    knote.is_active = true;
    knote.is_reported = is_reported;
    knote.previous = last_;
    knote.next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = &knote;
    last_ = &knote;
    ++size_;
    if (!is_reported) ++fresh_;
  }

  Knote* first_ = nullptr;
  Knote* last_ = nullptr;
  std::size_t size_ = 0;
  std::size_t fresh_ = 0;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_KNOTE_H_
