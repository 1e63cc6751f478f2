#ifndef EVENT_TESTING_SIMULATION_H_
#define EVENT_TESTING_SIMULATION_H_

#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/readiness.h"

namespace event_selector {
namespace testing {

class SimulatedSelector;
namespace internal {
class SimulationCore;
}  // namespace internal

struct SimulationOptions {
  // What the choices of the simulation (faults, who gets an exclusive change)
  // are made from: the same seed and the same calls make the same simulation,
  // on every system.
  std::uint64_t seed = 0;

  // Whether threads besides the one in `Wait` act on the simulation.
  //
  // False: a `Wait` that finds nothing ready never blocks. It moves the clock
  // to the next thing that is to happen instead, does that, and looks again; or
  // to the end of its timeout. Where the timeout is infinite and nothing is to
  // happen any more, it returns kDeadlineExceeded: with a real selector, the
  // program would hang. That is the simplest test, and the same each time.
  //
  // True: a `Wait` that finds nothing ready blocks like a real one, until
  // another thread makes something ready, wakes it, closes the selector, or
  // moves the clock past the timeout by `Simulation::Advance`; nothing else
  // moves the clock. For tests of several threads in `Wait`.
  bool has_other_threads = false;
};

// The outside world of simulated selectors: handles that name nothing but what
// a test says of them, a clock that stands still until it is moved, and what is
// to happen at which time. See simulated_selector.h for how a test looks.
//
// Thread-safe. Needs neither the system nor GoogleTest. May be destroyed before
// its selectors. A test that keeps to one thread is the same each time that it
// runs.
class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  // ---- Handles
  //
  // Their numbers lie above those of real ones, so that a system call that is
  // given one by mistake fails (EBADF). A number is used again by `Reopen`
  // only. Functions that return bool do nothing, and return false, if `handle`
  // is not open: data may come, by an action that was planned early, for what
  // has been closed in the meantime.

  // A new open handle. Nothing holds for it, it is ready for nothing.
  Handle MakeHandle();
  // One that selectors refuse, as they do a regular file.
  Handle MakeUnpollableHandle();
  // Another handle of the same thing, as dup(2) makes one: what holds for one
  // holds for both, and each has registrations of its own. kInvalidHandle if
  // `handle` is not open.
  Handle Duplicate(Handle handle);
  // Closes it. To be called for what the code under test closes, after `Remove`
  // or, to test that, without: then the registration ends with the last
  // duplicate, as with epoll. It goes on reporting while there is one.
  bool CloseHandle(Handle handle);
  // Makes a new thing under the number of a handle of this simulation that was
  // closed. False if it was not.
  bool Reopen(Handle handle);
  bool IsOpen(Handle handle) const;

  // What holds for `handle` and its duplicates from now on: all of `readiness`
  // and nothing else. What did not hold before is a change, which
  // edge-triggered registrations report.
  bool SetReadiness(Handle handle, Readiness readiness);
  // `readiness` holds, too. All of it is a change, whether it held before or
  // not: more data came, more room was made.
  bool AddReadiness(Handle handle, Readiness readiness);
  // `readiness` holds no more: all data were read, the buffer is full.
  bool ClearReadiness(Handle handle, Readiness readiness);
  // What holds; nothing if it is not open.
  Readiness readiness(Handle handle) const;

  // ---- Time
  //
  // Times count from the beginning of the simulation, which is zero.

  absl::Duration now() const;

  // Plans `action` for `time` (for `delay` from now): it is done as soon as the
  // clock gets there, by the `Wait` or the `Advance` that moves it. What is
  // planned for a time that is over is done by the next of them. What is
  // planned for the same time is done in the order of these calls.
  //
  // Actions may call everything of the simulation and of its selectors, and
  // plan more. `Wait` and `Advance` belong to the code under test, and to the
  // test.
  void At(absl::Duration time, absl::AnyInvocable<void()> action);
  void After(absl::Duration delay, absl::AnyInvocable<void()> action);

  // Moves the clock on by `time`, and does what is planned on the way.
  void Advance(absl::Duration time);

  // ---- Threads, with SimulationOptions::has_other_threads

  // Blocks until at least `threads` threads are blocked in `Wait` of any
  // selector, and have seen all that was done before this call: none of them
  // can return until more is done.
  void AwaitBlocked(int threads) const;

 private:
  friend class SimulatedSelector;

  const std::shared_ptr<internal::SimulationCore> core_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SIMULATION_H_
