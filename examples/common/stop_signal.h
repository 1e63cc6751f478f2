#ifndef EXAMPLES_COMMON_STOP_SIGNAL_H_
#define EXAMPLES_COMMON_STOP_SIGNAL_H_

#include <atomic>
#include <vector>

#include "event/selector.h"

namespace examples {

// The clean end of a process: from the creation of this object on, a signal
// that asks the process to end (SIGINT, SIGTERM; Ctrl-C on Windows) sets
// `requested` and then wakes the loops, which look at it:
//
//   while (!stop_signal.requested()) {
//     selector.Wait(...);
//     ...
//   }
//
// A flag alone, or counting on EINTR, leaves a gap: the signal may come between
// the look at the flag and the wait, which then never ends. `Wake` is made for
// it: it may be called in a signal handler, and is never lost; one that comes
// before the wait ends it at once.
//
// A signal handler reaches nothing but globals: one object at a time.
// Thread-safe.
class StopSignal {
 public:
  // `selectors` must outlive this object, one for each thread that waits.
  explicit StopSignal(std::vector<event_selector::Selector*> selectors);
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  // Signals do nothing from now on: the selectors may be about to go.
  ~StopSignal();

  bool requested() const { return requested_.load(); }

 private:
  static void Handle(int signal);

  const std::vector<event_selector::Selector*> selectors_;
  std::atomic<bool> requested_{false};
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_STOP_SIGNAL_H_
