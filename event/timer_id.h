#ifndef EVENT_TIMER_ID_H_
#define EVENT_TIMER_ID_H_

#include <cstdint>
#include <limits>
#include <utility>

#include "event/internal/cxx17.h"

namespace event_selector {

namespace internal {
class TimerHeap;
}  // namespace internal

// Names a timer of one `TimerQueue`. No id is given out twice: one whose timer
// has come or was cancelled names nothing, even if its place holds another
// timer by then.
class TimerId {
 public:
  // Names no timer.
  constexpr TimerId() = default;

  friend constexpr bool operator==(TimerId a, TimerId b) {
    return a.index_ == b.index_ && a.generation_ == b.generation_;
  }
  friend constexpr bool operator!=(TimerId a, TimerId b) { return !(a == b); }
  template <typename H>
  friend H AbslHashValue(H h, TimerId id) {
    return H::combine(std::move(h), id.index_, id.generation_);
  }

 private:
  friend class internal::TimerHeap;
  constexpr TimerId(std::uint32_t index, std::uint32_t generation)
      : index_(index), generation_(generation) {}

  std::uint32_t index_ = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t generation_ = 0;
};

}  // namespace event_selector

#endif  // EVENT_TIMER_ID_H_
