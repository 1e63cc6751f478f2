#ifndef EVENT_SELECTOR_STATISTICS_H_
#define EVENT_SELECTOR_STATISTICS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "event/histogram.h"

namespace event_selector {

// What an `InstrumentedSelector` has counted from its construction up to some
// moment; or, as a difference of two such, from one moment to another:
//
//   const event_selector::SelectorStatistics before = selector.statistics();
//   absl::SleepFor(absl::Seconds(10));
//   const event_selector::SelectorStatistics lately =
//       selector.statistics() - before;
//   LOG << lately.waits / 10 << " waits a second\n" << lately;
//
// Each number only ever grows, so a difference is never negative as long as one
// thread takes both. Calls that run while the numbers are taken may be in some
// of them and not yet in others; `waits`, `events` and `empty_waits` always
// agree with `batch_size`. If no call is running, and the thread knows of their
// ends, all is exact.
//
// A value type of 24 kB.
struct SelectorStatistics {
  // Calls of `Wait` that returned OK, how many of them returned no event, and
  // how many events the others returned together.
  std::uint64_t waits = 0;
  std::uint64_t empty_waits = 0;
  std::uint64_t events = 0;

  // Calls of `Wake` that returned OK: wake-ups asked for.
  std::uint64_t wakes = 0;
  // Wake-ups delivered: calls of `Wait` that returned OK, with events or
  // without, when `Wake` had been called since the last one that counted here.
  // Many calls of `Wake` may be behind one of them (K2 of the contract), so
  // this is at most `wakes` once all calls have returned, if none has failed.
  //
  // That it was the wake-up which ended the wait cannot be told from outside: a
  // wake-up that comes together with events looks like events alone. What holds
  // is that whoever called `Wake` was heard: this `Wait` returned after the
  // call had begun. (If the wake-up itself arrives only after that, since both
  // ran at the same time, then the next `Wait` returns for it and is not
  // counted again.)
  std::uint64_t delivered_wakes = 0;

  // Calls that returned OK.
  std::uint64_t adds = 0;
  std::uint64_t modifies = 0;
  std::uint64_t removes = 0;

  // Calls that returned an error; these are in none of the other numbers but
  // `between_waits_ns`.
  std::uint64_t failed_waits = 0;
  std::uint64_t failed_wakes = 0;
  std::uint64_t failed_adds = 0;
  std::uint64_t failed_modifies = 0;
  std::uint64_t failed_removes = 0;

  // Events of each `Wait` that returned OK, 0 included.
  Histogram batch_size;
  // Nanoseconds from the call to the return of each `Wait` that returned OK:
  // the time that it was blocked, and what the call itself takes. Empty if the
  // selector reads no clock; so is the next.
  Histogram blocked_ns;
  // Nanoseconds from the return of a `Wait` to the same thread's next call of
  // `Wait` on the same selector: how long the loop let its handles wait.
  // Counted when that next call begins, also for those calls that fail. A
  // thread that waits on several selectors in turn is blocked in the others
  // during that time; where they are more than four, nothing is counted.
  Histogram between_waits_ns;

  // Those of several selectors together.
  SelectorStatistics& operator+=(const SelectorStatistics& other);
  friend SelectorStatistics operator+(SelectorStatistics a,
                                      const SelectorStatistics& b) {
    return a += b;
  }
  // What was counted since `earlier`, of the same selector. (A number that is
  // greater in `earlier` becomes 0.) Of the histograms' extremes see
  // `Histogram::operator-=`.
  SelectorStatistics& operator-=(const SelectorStatistics& earlier);
  friend SelectorStatistics operator-(SelectorStatistics a,
                                      const SelectorStatistics& b) {
    return a -= b;
  }

  // Nine lines, the last one without a line feed:
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
