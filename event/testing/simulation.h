#ifndef EVENT_TESTING_SIMULATION_H_
#define EVENT_TESTING_SIMULATION_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/readiness.h"

namespace event_selector {
namespace testing {

class SimulatedSelector;
class SimulatedStreams;
namespace internal {
class SimulationCore;
}  // namespace internal

struct SimulationOptions {
  // The seed of all choices that the simulation makes (faults, who gets an
  // exclusive change). The same seed and the same calls make the same
  // simulation on every system.
  std::uint64_t seed = 0;

  // Whether threads besides the one in `Wait` act on the simulation.
  //
  // False: a `Wait` that finds nothing ready never blocks. Instead, it moves
  // the clock to the next thing that is to happen, does that, and looks again.
  // If its timeout ends earlier, it moves the clock to that end. If the timeout
  // is infinite and nothing is to happen any more, it returns
  // kDeadlineExceeded, because with a real selector the program would hang.
  // This is the simplest kind of test, and it is the same each time.
  //
  // True: a `Wait` that finds nothing ready blocks like a real one. It
  // continues when another thread makes something ready, wakes it, closes the
  // selector, or moves the clock to the end of the timeout by
  // `Simulation::Advance`. Nothing else moves the clock. This is for tests of
  // several threads in `Wait`.
  bool has_other_threads = false;

  // How many planned actions one `Wait` or `Advance` runs while the clock
  // stands still. An action that plans itself again for the same time would
  // never let them return. Instead, each `Wait` returns kDeadlineExceeded from
  // then on, `Simulation::status` the same, and nothing that is planned is run
  // any more.
  //
  // A `Wait` without a timeout (and without other threads) that has run ten
  // times as many, at any times, returns kDeadlineExceeded, too: an action that
  // plans itself again each second, say, does not let time come to an end. Only
  // this `Wait` fails then, and the simulation goes on.
  std::size_t most_actions_at_one_time = 100'000;
};

// The outside world of simulated selectors. It has handles that name nothing
// but what a test says about them, a clock that stands still until it is moved,
// and a plan of what is to happen at which time. simulated_selector.h shows
// what a test looks like.
//
// Thread-safe. Needs neither the system nor GoogleTest. May be destroyed before
// its selectors. A test that keeps to one thread is the same each time it runs.
class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  // ---- Handles
  //
  // Their numbers lie above those of real handles. So a system call that is
  // given one by mistake fails (EBADF). A number is used again only by
  // `Reopen`.
  //
  // If `handle` is not open, all functions but `Reopen` that return bool do
  // nothing and return false. For example, a handle may have been closed in the
  // meantime when an action that was planned earlier makes data arrive for it.

  // Makes an open handle. Nothing holds for it: it is ready for nothing.
  Handle MakeHandle();
  // Makes a handle that selectors refuse, as they refuse a regular file.
  Handle MakeUnpollableHandle();
  // Makes another handle of the same thing, as dup(2) does. What holds for one
  // holds for both. Each has registrations of its own. Returns kInvalidHandle
  // if `handle` is not open.
  Handle Duplicate(Handle handle);
  // Closes `handle`. Call this for what the code under test closes, after
  // `Remove` or, to test that, without `Remove`. In the second case, the
  // registration ends with the last duplicate, as with epoll. It goes on
  // reporting while there is one.
  bool CloseHandle(Handle handle);
  // Makes a new thing under the number of a handle of this simulation that was
  // closed. Returns false if `handle` is not such a number.
  bool Reopen(Handle handle);
  // Returns whether `handle` is open.
  bool IsOpen(Handle handle) const;

  // Sets what holds for `handle` and its duplicates from now on: all of
  // `readiness` and nothing else. What did not hold before is a change, which
  // edge-triggered registrations report.
  bool SetReadiness(Handle handle, Readiness readiness);
  // Makes `readiness` hold, too. All of it is a change, whether it held before
  // or not: more data came, or more room was made.
  bool AddReadiness(Handle handle, Readiness readiness);
  // Ends `readiness`: all data was read, or the buffer is full.
  bool ClearReadiness(Handle handle, Readiness readiness);
  // Returns what holds for `handle`, or the empty set if it is not open.
  Readiness readiness(Handle handle) const;

  // ---- Time
  //
  // Times count from the beginning of the simulation, which is zero.

  // Returns the time that the simulation's clock shows.
  absl::Duration now() const;

  // `At` plans `action` for `time`, `After` for `delay` from now. The action is
  // run as soon as the clock gets there, by the `Wait` or the `Advance` that
  // moves the clock. An action planned for a time that is over is run by the
  // next `Wait` or `Advance`. Actions planned for the same time run in the
  // order in which they were planned.
  //
  // Actions may call every function of the simulation and of its selectors, and
  // may plan more actions. `Wait` and `Advance` are not for actions: they
  // belong to the code under test and to the test. In an action, `Wait` returns
  // kFailedPrecondition, and `Advance` does nothing but set `status`.
  void At(absl::Duration time, absl::AnyInvocable<void()> action);
  void After(absl::Duration delay, absl::AnyInvocable<void()> action);

  // Moves the clock forward by `time`, and does what is planned on the way. If
  // that has no end at some time, the clock stays there: see `status`.
  void Advance(absl::Duration time);

  // Returns OK, or why nothing that is planned is run any more: what each
  // `Wait` returns, too. It does not become OK again.
  //   kDeadlineExceeded    SimulationOptions::most_actions_at_one_time.
  //   kFailedPrecondition  an action has called `Advance`.
  absl::Status status() const;

  // ---- Threads, with SimulationOptions::has_other_threads

  // Blocks until at least `threads` threads are blocked in `Wait` of any
  // selector, and have seen all that was done before this call. None of them
  // can return until more is done.
  void AwaitBlocked(int threads) const;

 private:
  friend class SimulatedSelector;
  friend class SimulatedStreams;

  const std::shared_ptr<internal::SimulationCore> core_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SIMULATION_H_
