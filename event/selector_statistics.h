#ifndef EVENT_SELECTOR_STATISTICS_H_
#define EVENT_SELECTOR_STATISTICS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "event/histogram.h"

namespace event_selector {

// What an `InstrumentedSelector` counted from its construction up to some
// moment. The difference of two such objects is what it counted from one moment
// to another:
//
//   const event_selector::SelectorStatistics before = selector.statistics();
//   absl::SleepFor(absl::Seconds(10));
//   const event_selector::SelectorStatistics lately =
//       selector.statistics() - before;
//   std::cout << lately.waits / 10 << " waits a second\n" << lately << "\n";
//
// Each number only ever grows. So a difference is never negative as long as one
// thread takes both statistics. A call that runs while the numbers are taken
// may be in some of them and not yet in others. But `waits`, `events` and
// `empty_waits` always agree with `batch_size`. All numbers are exact if the
// end of every call happens before the numbers are taken (in the sense of the
// C++ memory model).
//
// A value type of 24 kB.
struct SelectorStatistics {
  // Calls of `Wait` that returned OK.
  std::uint64_t waits = 0;
  // Those of them that returned no event.
  std::uint64_t empty_waits = 0;
  // Events that all of them returned together.
  std::uint64_t events = 0;

  // Calls of `Wake` that returned OK: the wake-ups that were asked for.
  std::uint64_t wakes = 0;
  // Wake-ups that were delivered. A `Wait` counts here if it returned OK, with
  // or without events, and if `Wake` was called since the last `Wait` that
  // counted here. Many calls of `Wake` may be behind one of them (K2 of
  // docs/contract.md). So once all calls have returned, this is at most
  // `wakes`, if none of them has failed.
  //
  // It cannot be told from outside whether it was the wake-up that ended the
  // wait: a wake-up that arrives together with events looks like events alone.
  // What is certain is that the caller of `Wake` was heard: this `Wait`
  // returned after the call of `Wake` had begun. (If both ran at the same time,
  // the wake-up itself may arrive only after that. Then the next `Wait` returns
  // for it and is not counted again.)
  std::uint64_t delivered_wakes = 0;

  // Calls that returned OK.
  std::uint64_t adds = 0;
  std::uint64_t modifies = 0;
  std::uint64_t removes = 0;

  // Calls that returned an error. They are in none of the other numbers but
  // `between_waits_ns`.
  std::uint64_t failed_waits = 0;
  std::uint64_t failed_wakes = 0;
  std::uint64_t failed_adds = 0;
  std::uint64_t failed_modifies = 0;
  std::uint64_t failed_removes = 0;

  // The number of events of each `Wait` that returned OK, 0 included.
  Histogram batch_size;
  // Nanoseconds from the call to the return of each `Wait` that returned OK:
  // the time that it was blocked, plus the time that the call itself takes.
  // Empty if the selector reads no clock.
  Histogram blocked_ns;
  // Nanoseconds from the return of a `Wait` to the same thread's next call of
  // `Wait` on the same selector: how long the loop let its handles wait.
  // Counted when that next call begins, even for calls that fail. A thread that
  // waits on several selectors in turn is blocked in the others during that
  // time. If it waits on more than four in turn, nothing is counted. Empty if
  // the selector reads no clock.
  Histogram between_waits_ns;

  // Adds the numbers of `other`, such as those of another selector.
  SelectorStatistics& operator+=(const SelectorStatistics& other);
  friend SelectorStatistics operator+(SelectorStatistics a,
                                      const SelectorStatistics& b) {
    return a += b;
  }
  // Leaves what was counted since `earlier`, of the same selector. (A number
  // that is greater in `earlier` becomes 0.) For the extremes of the
  // histograms, see `Histogram::operator-=`.
  SelectorStatistics& operator-=(const SelectorStatistics& earlier);
  friend SelectorStatistics operator-(SelectorStatistics a,
                                      const SelectorStatistics& b) {
    return a -= b;
  }

  // Returns nine lines, the last one without a line feed:
  //   waits: 3 (1 empty, 0 failed)
  //   events: 5
  //   wakes: 4 (1 delivered, 0 failed)
  //   adds: 2 (0 failed)
  //   modifies: 0 (0 failed)
  //   removes: 1 (0 failed)
  //   batch size: {count: 3, mean: 1.67, min: 0, p50: 1, p90: 4, ...}
  //   blocked: {count: 3, mean: 70us, min: 10us, p50: 50.175us, ...}
  //   between waits: {count: 2, mean: 15us, min: 10us, p50: 10.239us, ...}
  std::string ToString() const;
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const SelectorStatistics& statistics) {
    sink.Append(statistics.ToString());
  }
  friend std::ostream& operator<<(std::ostream& out,
                                  const SelectorStatistics& statistics) {
    return out << statistics.ToString();
  }
};

}  // namespace event_selector

#endif  // EVENT_SELECTOR_STATISTICS_H_
