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

bool TimerHeap::MakeSlot() {
  const std::size_t count = slots_.size();
  if (count == kNoSlot) return false;
  const bool has_memory = HasMemoryFor([&] {
    slots_.push_back({0, first_generation_, kNoSlot});
    entries_.push_back({});
  });
  if (!has_memory) {
    slots_.resize(count);
    return false;
  }
  first_free_ = static_cast<std::uint32_t>(count);
  return true;
}

TimerId TimerHeap::Add(std::uint32_t slot, std::int64_t deadline) {
  if (next_order_ == std::numeric_limits<std::uint32_t>::max()) Renumber();
  slots_[slot].deadline = deadline;
  const std::uint32_t generation = ++slots_[slot].generation;
  const Entry entry(deadline, next_order_++, slot);
  if (in_round_) {
    Put(size_, entry);
  } else {
    MoveUp(heaped_++, entry);
  }
  ++size_;
  return TimerId(slot, generation);
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
  EndRound();
  SettleFirst(now);
  return heaped_ > 0 ? entries_[0].deadline : kNever;
}

std::uint32_t TimerHeap::FirstDue(std::int64_t now) {
  in_round_ = true;
  if (SettleFirst(now)) return entries_[0].slot();
  EndRound();
  return kNoSlot;
}

void TimerHeap::RemoveFirst() {
  ++slots_[entries_[0].slot()].generation;
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
    std::size_t first = child;
    if (child + kChildren <= heaped_) {
      const auto earlier = [this](std::size_t a, std::size_t b) {
        return IsBefore(entries_[b], entries_[a]) ? b : a;
      };
      first = earlier(earlier(child, child + 1), earlier(child + 2, child + 3));
    } else if (child < heaped_) {
      for (std::size_t other = child + 1; other < heaped_; ++other) {
        if (IsBefore(entries_[other], entries_[first])) first = other;
      }
    } else {
      break;
    }
    if (!IsBefore(entries_[first], entry)) break;
    Put(place, entries_[first]);
    place = first;
  }
  Put(place, entry);
}

void TimerHeap::Advance(Slot& slot, std::int64_t deadline) {
  slot.deadline = deadline;
  if (slot.place >= heaped_) return;  // `EndRound` will look.
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
      // Mostly it goes down, so the branch is predicted well.
      if (place > 0 && IsBefore(last, entries_[(place - 1) / kChildren])) {
        MoveUp(place, last);
      } else {
        MoveDown(place, last);
      }
    }
    place = heaped_;
  }
  --size_;
  if (place < size_) Put(place, entries_[size_]);
}

void TimerHeap::EndRound() {
  in_round_ = false;
  while (heaped_ < size_) {
    Entry entry = entries_[heaped_];
    entry.deadline = slots_[entry.slot()].deadline;
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
    const std::int64_t deadline = slots_[first.slot()].deadline;
    if (deadline == first.deadline) return is_due;
    MoveDown(0, Entry(deadline, first.order(), first.slot()));
    ahead = is_due ? kAhead : ahead - 1;
  }
  return false;
}

// Gives the timers the orders from 0 on, as they stand to each other. Happens
// once in 2^32 timers.
void TimerHeap::Renumber() {
  // Those behind the heap were added after all that are in it, and so they are
  // last here, too.
  const auto begin = entries_.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(size_);
  std::sort(begin, end,
            [](const Entry& a, const Entry& b) { return a.rank < b.rank; });
  next_order_ = 0;
  std::for_each(begin, end, [this](Entry& entry) {
    entry = Entry(entry.deadline, next_order_++, entry.slot());
  });
  // What is sorted is a heap.
  std::sort(begin, begin + static_cast<std::ptrdiff_t>(heaped_), IsBefore);
  for (std::size_t place = 0; place < size_; ++place) {
    Put(place, entries_[place]);
  }
}

}  // namespace internal
}  // namespace event_selector
