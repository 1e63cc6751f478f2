#ifndef EVENT_INTERNAL_TIMER_HEAP_H_
#define EVENT_INTERNAL_TIMER_HEAP_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "event/timer_id.h"

namespace event_selector {
namespace internal {

// The deadlines of a `TimerQueue`, in order: all of it but the objects. Each
// timer has a slot, whose index is also that of its object.
//
// A heap with four children for each entry, because its levels are few and the
// children of one entry lie in one line of the cache. It is lazy in two ways:
// - A timer that is postponed keeps its place. Its entry says the old deadline,
//   which is too early, until that has come, and is then put where it belongs.
//   So what is postponed a thousand times is moved once.
// - What is added while a round of due timers is being taken stands behind the
//   heap, in no order, until the round ends: it belongs to the next one.
class TimerHeap {
 public:
  // A deadline that never comes.
  static constexpr std::int64_t kNever =
      std::numeric_limits<std::int64_t>::max();
  static constexpr std::uint32_t kNoSlot =
      std::numeric_limits<std::uint32_t>::max();

  // Tests begin with other numbers, to see them used up.
  explicit TimerHeap(std::uint32_t first_order = 0,
                     std::uint32_t first_generation = 0)
      : next_order_(first_order), first_generation_(first_generation) {}
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;

  // Takes a slot for a new timer. Returns kNoSlot if there is no memory for it,
  // and has changed nothing then. What was taken is passed to `Add` or to
  // `GiveBack`.
  std::uint32_t TakeSlot() {
    if (first_free_ == kNoSlot && !MakeSlot()) return kNoSlot;
    const std::uint32_t slot = first_free_;
    first_free_ = slots_[slot].place;
    return slot;
  }
  // Makes a slot free for other timers.
  void GiveBack(std::uint32_t slot) {
    // One whose generations are used up is not used again. By then, 2^31 timers
    // have had it.
    if (slots_[slot].generation == kLastGeneration) return;
    slots_[slot].place = first_free_;
    first_free_ = slot;
  }

  // Starts the timer of a slot that was taken.
  TimerId Add(std::uint32_t slot, std::int64_t deadline);

  // Ends a timer and returns its slot, which stays taken. Returns kNoSlot if
  // there is no such timer.
  std::uint32_t Remove(TimerId id);

  // Sets another deadline. Returns false if there is no such timer.
  bool Postpone(TimerId id, std::int64_t deadline) {
    if (id.index_ >= slots_.size()) return false;
    Slot& slot = slots_[id.index_];
    if (slot.generation != id.generation_) return false;
    if (deadline < slot.deadline) {
      Advance(slot, deadline);
    } else {
      slot.deadline = deadline;  // Its entry may say less.
    }
    return true;
  }

  // Returns the first deadline, or kNever if there is none. If a timer was
  // postponed, returns an earlier time instead, but none that is over by `now`,
  // which is below kNever. Ends the round.
  std::int64_t First(std::int64_t now);

  // Returns the slot of the first timer if its deadline is at most `now`, which
  // is below kNever, and kNoSlot if not. The first call begins a round, and one
  // that returns kNoSlot ends it.
  std::uint32_t FirstDue(std::int64_t now);
  // Ends the timer that `FirstDue` has just found. Its slot stays taken.
  void RemoveFirst();

  std::size_t size() const { return size_; }
  // The slot of any timer, by its place among all of them.
  std::uint32_t SlotAt(std::size_t place) const {
    return entries_[place].slot();
  }

 private:
  static constexpr std::uint32_t kLastGeneration =
      std::numeric_limits<std::uint32_t>::max() - 1;

  struct Slot {
    std::int64_t deadline;
    // Even while the slot is free or taken, odd while it has a timer.
    std::uint32_t generation;
    // Of its entry; of a free slot, the next one that is free.
    std::uint32_t place;
  };
  // Two numbers of 64 bits, so that copies are made of whole registers: a load
  // of what was just stored in smaller parts has to wait.
  struct Entry {
    Entry() = default;
    Entry(std::int64_t deadline_in, std::uint32_t order, std::uint32_t slot)
        : deadline(deadline_in), rank(std::uint64_t{order} << 32 | slot) {}

    // The order of adding: the first of equal deadlines.
    std::uint32_t order() const {
      return static_cast<std::uint32_t>(rank >> 32);
    }
    std::uint32_t slot() const { return static_cast<std::uint32_t>(rank); }

    std::int64_t deadline;  // At most that of the slot.
    std::uint64_t rank;
  };

  static bool IsBefore(const Entry& a, const Entry& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.rank < b.rank;
  }
  void Put(std::size_t place, const Entry& entry) {
    entries_[place] = entry;
    slots_[entry.slot()].place = static_cast<std::uint32_t>(place);
  }
  bool MakeSlot();
  void MoveUp(std::size_t place, Entry entry);
  void MoveDown(std::size_t place, Entry entry);
  void Advance(Slot& slot, std::int64_t deadline);
  void RemoveEntry(std::size_t place);
  void EndRound();
  bool SettleFirst(std::int64_t limit);
  void Renumber();

  std::vector<Entry> entries_;  // As many as there are slots.
  std::size_t size_ = 0;        // How many of them, at the front, are timers.
  std::size_t heaped_ = 0;      // How many of these, at the front, are a heap.
  std::vector<Slot> slots_;
  std::uint32_t first_free_ = kNoSlot;
  std::uint32_t next_order_;
  const std::uint32_t first_generation_;
  bool in_round_ = false;
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_TIMER_HEAP_H_
