#ifndef EVENT_INTERNAL_LAST_RETURN_H_
#define EVENT_INTERNAL_LAST_RETURN_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/optimization.h"

namespace event_selector {
namespace internal {

// When a thread last returned from a `Wait` of one selector. The selectors are
// named by numbers above zero, none of which is ever used for another selector:
// so what is left of one that was destroyed is never taken for that of a later
// one, as its address would be.
struct LastReturn {
  std::uint64_t selector = 0;
  // Which one of the thread's uses of an entry was the last one of this.
  std::uint64_t use = 0;
  // Of the clock of that selector. Means nothing while `has_returned` is false.
  std::int64_t time_ns = 0;
  bool has_returned = false;
};

// Of how many selectors a thread knows at a time.
inline constexpr std::size_t kLastReturns = 4;

struct LastReturns {
  std::array<LastReturn, kLastReturns> entries;
  std::uint64_t uses = 0;
};

// The calling thread's. Initialised by a constant, so that the access needs no
// check and no call; part of the thread's own memory, so that it needs no
// allocation and ends with the thread.
inline thread_local LastReturns last_returns = {};

// The last number that was given to a selector. Inline as the above: two copies
// of the library in one process (plug-ins) share both or neither.
inline std::atomic<std::uint64_t> last_selector_number{0};
inline std::uint64_t TakeSelectorNumber() {
  return last_selector_number.fetch_add(1, std::memory_order_relaxed) + 1;
}

// Gives `selector` the entry that was not used for the longest time. (The
// clocks do not tell which one that is: selectors may have different ones.)
LastReturn& TakeLastReturn(std::uint64_t selector);

// The calling thread's entry of `selector`. If it has none (any more), one
// whose `has_returned` is false. Valid until the thread calls this again for
// another selector.
inline LastReturn& LastReturnOf(std::uint64_t selector) {
  for (LastReturn& entry : last_returns.entries) {
    if (ABSL_PREDICT_TRUE(entry.selector == selector)) {
      entry.use = ++last_returns.uses;
      return entry;
    }
  }
  return TakeLastReturn(selector);
}

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_LAST_RETURN_H_
