#ifndef EVENT_TIMER_QUEUE_H_
#define EVENT_TIMER_QUEUE_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/internal/clock_nanoseconds.h"
#include "event/internal/described_error.h"
#include "event/internal/timer_heap.h"
#include "event/timer_id.h"

namespace event_selector {

// Timers for a loop: holds objects until their deadlines, and tells how long
// the next `Wait` may be. It calls nothing, reads no clock and has no thread.
//
//   event_selector::TimerQueue<event_selector::Token> timers;
//   std::chrono::nanoseconds now = Now();  // Of steady_clock: see below.
//   absl::StatusOr<event_selector::TimerId> id =
//       timers.Add(now + std::chrono::seconds(60), client);
//   ...
//   timers.Postpone(*id, now + std::chrono::seconds(60));  // It was heard of.
//   ...
//   ready = selector.Wait(events, timers.UntilNext(Now()));
//   now = Now();  // One reading for the round.
//   ...
//   while (std::optional<event_selector::Token> due = timers.PopDue(now)) {
//     CloseIdle(*due);
//   }
//
// Times count from the epoch of the caller's clock, which is the same one for
// all calls on a queue. Use a clock that does not jump:
// `std::chrono::steady_clock::now().time_since_epoch()`; CLOCK_BOOTTIME, if
// time counts while the machine is suspended; in tests, `Simulation::now`. It
// may stand still, or even go back: nothing comes before the clock shows its
// deadline. Each function takes two forms:
// - std::chrono::nanoseconds, as steady_clock has them. This is the fast form.
//   The caller sees to it that sums do not overflow.
// - absl::Duration, which does not overflow. It costs some nanoseconds more.
//   Fractions of a nanosecond never make a timer come early.
// A deadline in the past is due at once. std::chrono::nanoseconds::max(),
// absl::InfiniteDuration() and everything later than 292 years after the epoch
// mean never: such a timer waits to be cancelled or postponed.
//
// A round of due timers begins with a call of `PopDue`, and ends with one that
// returns nothing or with `UntilNext`. A timer that is added during a round
// belongs to the next one, even if it is due at once. So a timer that starts
// itself again and again does not keep the loop from its sockets.
//
// Cost: `Postpone` to the same time or a later one writes one number. That is
// for idle timeouts, which each request postpones. All the calls that have
// postponed a timer are made good together, when the time comes at which it was
// due before. That, `Add`, `Cancel` and `PopDue` take time that grows with the
// logarithm of the number of timers. A timer takes 32 bytes and the size of
// `T`. Memory is allocated while the number of timers grows beyond what it was
// before, and given back when the queue is destroyed. Where there is none left,
// `Add` says so. All other functions need none.
//
// Exceptions: if the constructor or the move of a `T` throws, the call has
// changed nothing. Its destructor must not throw. The constructor that `Add`
// calls and the destructor that `Cancel` calls may use the queue; the move out
// of `PopDue` and what the queue's own destructor destroys may not.
//
// Thread-compatible: calls on one queue need the caller's lock, unless all of
// them are `size` and `empty`. Give each loop its own queue.
template <typename T>
class TimerQueue {
 public:
  TimerQueue() = default;
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;
  ~TimerQueue() {
    for (std::size_t i = 0; i < heap_.size(); ++i)
      ObjectOf(heap_.SlotAt(i)).~T();
  }

  // Holds `object` until `deadline`, and returns the timer's id. Errors:
  //   kResourceExhausted  no memory left, or there are 2^32 - 1 timers.
  //                       `object` was not moved.
  template <typename U = T>
  absl::StatusOr<TimerId> Add(std::chrono::nanoseconds deadline, U&& object);
  template <typename U = T>
  absl::StatusOr<TimerId> Add(absl::Duration deadline, U&& object) {
    return Add(internal::ClockDeadline(deadline), std::forward<U>(object));
  }

  // Destroys the object of a timer that has not come yet, and returns true.
  // Returns false if there is no such timer (any more). A timer that is due but
  // was not popped yet can be cancelled, and does not come then.
  bool Cancel(TimerId id);

  // Gives a timer that has not come yet another deadline, later or earlier, and
  // returns true. Returns false if there is no such timer (any more). Does not
  // make it a new timer: its id stays, and among equal deadlines it keeps the
  // turn that `Add` gave it.
  bool Postpone(TimerId id, std::chrono::nanoseconds deadline) {
    return heap_.Postpone(id, deadline.count());
  }
  bool Postpone(TimerId id, absl::Duration deadline) {
    return Postpone(id, internal::ClockDeadline(deadline));
  }

  // Returns how long the next `Wait` may be: zero if a timer is due, or else
  // the time until the first deadline; absl::InfiniteDuration() if there is
  // none. May be less after `Postpone`: the deadline that a timer had before
  // ends a `Wait` as well, after which `PopDue` returns nothing. That happens
  // at most once for each call of `Postpone`, and much less often where there
  // are many.
  absl::Duration UntilNext(std::chrono::nanoseconds now);
  absl::Duration UntilNext(absl::Duration now) {
    return UntilNext(internal::ClockReading(now));
  }

  // Takes one timer out whose deadline is not after `now`, and returns its
  // object. They come in the order of their deadlines, and equal ones in the
  // order in which they were added. Returns nothing if no timer of this round
  // is due (any more). Call it until then, or do the rest after the next `Wait`
  // (`UntilNext` is zero).
  std::optional<T> PopDue(std::chrono::nanoseconds now);
  std::optional<T> PopDue(absl::Duration now) {
    return PopDue(internal::ClockReading(now));
  }

  // Returns how many timers have not come yet.
  std::size_t size() const { return heap_.size(); }
  bool empty() const { return heap_.size() == 0; }

 private:
  // Holds an object while its slot has a timer.
  union Place {
    Place() {}
    ~Place() {}
    T object;
  };

  static constexpr std::uint32_t kPlacesInChunk = 64;

  T& ObjectOf(std::uint32_t slot) {
    return chunks_[slot / kPlacesInChunk][slot % kPlacesInChunk].object;
  }
  bool HasPlaceFor(std::uint32_t slot) {
    return slot / kPlacesInChunk < chunks_.size() || MakeChunk();
  }
  // Rare: out of the way of what is not.
  ABSL_ATTRIBUTE_NOINLINE bool MakeChunk();
  ABSL_ATTRIBUTE_NOINLINE static absl::Status NoMemory();

  internal::TimerHeap heap_;
  // The objects, by slot, in chunks: so that growth moves none.
  std::vector<std::unique_ptr<Place[]>> chunks_;
};

template <typename T>
template <typename U>
absl::StatusOr<TimerId> TimerQueue<T>::Add(std::chrono::nanoseconds deadline,
                                           U&& object) {
  // Gives the slot back unless a timer has come into being.
  struct TakenSlot {
    internal::TimerHeap& heap;
    std::uint32_t slot;
    ~TakenSlot() {
      if (slot != internal::TimerHeap::kNoSlot) heap.GiveBack(slot);
    }
  } taken{heap_, heap_.TakeSlot()};
  if (taken.slot == internal::TimerHeap::kNoSlot || !HasPlaceFor(taken.slot)) {
    return NoMemory();
  }
  ::new (static_cast<void*>(std::addressof(ObjectOf(taken.slot))))
      T(std::forward<U>(object));
  return heap_.Add(std::exchange(taken.slot, internal::TimerHeap::kNoSlot),
                   deadline.count());
}

template <typename T>
bool TimerQueue<T>::MakeChunk() {
  return internal::HasMemoryFor(
      [this] { chunks_.push_back(std::make_unique<Place[]>(kPlacesInChunk)); });
}

template <typename T>
absl::Status TimerQueue<T>::NoMemory() {
  return internal::NoMemoryError("a timer");
}

template <typename T>
bool TimerQueue<T>::Cancel(TimerId id) {
  const std::uint32_t slot = heap_.Remove(id);
  if (slot == internal::TimerHeap::kNoSlot) return false;
  ObjectOf(slot).~T();
  heap_.GiveBack(slot);  // Now: the destructor may have added a timer.
  return true;
}

template <typename T>
absl::Duration TimerQueue<T>::UntilNext(std::chrono::nanoseconds now) {
  const std::int64_t first =
      heap_.First(std::min(now.count(), internal::TimerHeap::kNever - 1));
  if (first == internal::TimerHeap::kNever) return absl::InfiniteDuration();
  if (first <= now.count()) return absl::ZeroDuration();
  // Does not overflow, as the numbers would.
  return absl::Nanoseconds(first) - absl::Nanoseconds(now.count());
}

template <typename T>
std::optional<T> TimerQueue<T>::PopDue(std::chrono::nanoseconds now) {
  std::optional<T> due;
  const std::uint32_t slot =
      heap_.FirstDue(std::min(now.count(), internal::TimerHeap::kNever - 1));
  if (slot != internal::TimerHeap::kNoSlot) {
    T& object = ObjectOf(slot);
    due.emplace(std::move(object));
    heap_.RemoveFirst();
    object.~T();
    heap_.GiveBack(slot);
  }
  return due;
}

}  // namespace event_selector

#endif  // EVENT_TIMER_QUEUE_H_
