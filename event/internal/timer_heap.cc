#include "event/internal/timer_heap.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "event/internal/described_error.h"
#include "event/timer_id.h"

namespace event_selector {
namespace internal {
namespace {

constexpr std::size_t kChildren = 4;

// Where the old deadline of a postponed timer has come, a wait may have ended
// for it and for nothing else. So that this does not happen for each of many,
// as many of the next ones are put where they belong, too.
constexpr int kAhead = 32;

}  // namespace

std::uint32_t TimerHeap::TakeSlot() {
  if (first_free_ == kNoSlot) {
    const std::size_t count = slots_.size();
    if (count == kNoSlot) return kNoSlot;
    const bool has_memory = HasMemoryFor([&] {
      slots_.push_back({0, first_generation_, kNoSlot});
      if (entries_.capacity() <= count) entries_.reserve(slots_.capacity());
    });
    if (!has_memory) {
      slots_.resize(count);
      return kNoSlot;
    }
    first_free_ = static_cast<std::uint32_t>(count);
  }
  const std::uint32_t slot = first_free_;
  first_free_ = slots_[slot].place;
  return slot;
}

void TimerHeap::GiveBack(std::uint32_t slot) {
  // A slot whose generations are used up is not used again. By then, 2^31
  // timers have had it.
  if (slots_[slot].generation == std::numeric_limits<std::uint32_t>::max() - 1)
    return;
  slots_[slot].place = first_free_;
  first_free_ = slot;
}

TimerId TimerHeap::Add(std::uint32_t slot, std::int64_t deadline) {
  if (next_order_ == std::numeric_limits<std::uint32_t>::max()) Renumber();
  Slot& added = slots_[slot];
  added.deadline = deadline;
  added.place = static_cast<std::uint32_t>(entries_.size());
  ++added.generation;
  entries_.push_back({deadline, next_order_++, slot});
  return TimerId(slot, added.generation);
}

std::uint32_t TimerHeap::Remove(TimerId id) {
  if (id.index_ >= slots_.size()) return kNoSlot;
  Slot& slot = slots_[id.index_];
  if (slot.generation != id.generation_) return kNoSlot;
  ++slot.generation;
  RemoveEntry(slot.place);
  return id.index_;
}

std::int64_t TimerHeap::First(std::int64_t now) {
  in_round_ = false;
  HeapAll();
  SettleFirst(now);
  return heaped_ > 0 ? entries_[0].deadline : kNever;
}

std::uint32_t TimerHeap::FirstDue(std::int64_t now) {
  if (!in_round_) HeapAll();
  in_round_ = SettleFirst(now);
  return in_round_ ? entries_[0].slot : kNoSlot;
}

void TimerHeap::RemoveFirst() {
  ++slots_[entries_[0].slot].generation;
  RemoveEntry(0);
}

void TimerHeap::MoveUp(std::size_t place, Entry entry) {
  while (place > 0) {
    const std::size_t parent = (place - 1) / kChildren;
    if (!IsBefore(entry, entries_[parent])) break;
    Put(place, entries_[parent]);
    place = parent;
  }
  Put(place, entry);
}

void TimerHeap::MoveDown(std::size_t place, Entry entry) {
  for (;;) {
    const std::size_t child = place * kChildren + 1;
    if (child >= heaped_) break;
    const std::size_t end = std::min(child + kChildren, heaped_);
    std::size_t first = child;
    for (std::size_t other = child + 1; other < end; ++other) {
      if (IsBefore(entries_[other], entries_[first])) first = other;
    }
    if (!IsBefore(entries_[first], entry)) break;
    Put(place, entries_[first]);
    place = first;
  }
  Put(place, entry);
}

void TimerHeap::Advance(Slot& slot, std::int64_t deadline) {
  slot.deadline = deadline;
  if (slot.place >= heaped_) return;  // `HeapAll` will look.
  Entry entry = entries_[slot.place];
  if (deadline >= entry.deadline) return;
  entry.deadline = deadline;
  MoveUp(slot.place, entry);
}

// Leaves no gap: what stands last takes the place, first in the heap and then
// behind it.
void TimerHeap::RemoveEntry(std::size_t place) {
  if (place < heaped_) {
    --heaped_;
    const Entry last = entries_[heaped_];
    if (place < heaped_) {
      if (IsBefore(last, entries_[place])) {
        MoveUp(place, last);
      } else {
        MoveDown(place, last);
      }
    }
    place = heaped_;
  }
  const Entry last = entries_.back();
  entries_.pop_back();
  if (place < entries_.size()) Put(place, last);
}

void TimerHeap::HeapAll() {
  while (heaped_ < entries_.size()) {
    Entry entry = entries_[heaped_];
    entry.deadline = slots_[entry.slot].deadline;
    MoveUp(heaped_++, entry);
  }
}

// Brings the first timer to the top, and returns whether its deadline is at
// most `limit`. (If it is not, another timer may stay at the top.)
bool TimerHeap::SettleFirst(std::int64_t limit) {
  int ahead = 0;
  while (heaped_ > 0) {
    const Entry first = entries_[0];
    const bool is_due = first.deadline <= limit;
    if (!is_due && ahead == 0) return false;
    const std::int64_t deadline = slots_[first.slot].deadline;
    if (deadline == first.deadline) return is_due;
    MoveDown(0, {deadline, first.order, first.slot});
    ahead = is_due ? kAhead : ahead - 1;
  }
  return false;
}

// Gives the timers the orders from 0 on, as they stand to each other. Happens
// once in 2^32 timers.
void TimerHeap::Renumber() {
  // Those behind the heap were added after all that are in it, and so they are
  // last here, too.
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.order < b.order; });
  next_order_ = 0;
  for (Entry& entry : entries_) entry.order = next_order_++;
  // What is sorted is a heap.
  std::sort(entries_.begin(),
            entries_.begin() + static_cast<std::ptrdiff_t>(heaped_), IsBefore);
  for (std::size_t place = 0; place < entries_.size(); ++place) {
    slots_[entries_[place].slot].place = static_cast<std::uint32_t>(place);
  }
}

}  // namespace internal
}  // namespace event_selector
