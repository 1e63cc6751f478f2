#ifndef EVENT_TESTING_INTERNAL_SIMULATION_CORE_H_
#define EVENT_TESTING_INTERNAL_SIMULATION_CORE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/internal/handle_table.h"
#include "event/testing/internal/registration.h"
#include "event/testing/internal/registration_set.h"
#include "event/testing/internal/seeded_random.h"
#include "event/testing/internal/timeline.h"

namespace event_selector {
namespace testing {
namespace internal {

// What the simulation has to know of one of its selectors.
struct SelectorCore {
  explicit SelectorCore(bool hangup_without_interest)
      : registrations(hangup_without_interest) {}

  RegistrationSet registrations;
  bool is_closed = false;
  int sleepers = 0;  // As `SimulationCore::sleepers`.
  // How often, and by how much at most, a change is noticed late.
  double late_event = 0;
  absl::Duration max_lateness;
};

// What the selectors of one simulation share with it and each other.
//
// Thread-compatible, by `mutex`, which guards all of it and of the selectors:
// every member function is to be called with it, and those that take the lock
// give it up for a time. The mutex is not absl::Mutex, whose way to block the
// thread sanitizer of GCC 12 takes for a race.
class SimulationCore {
 public:
  SimulationCore(std::uint64_t seed, bool other_threads,
                 std::size_t most_actions)
      : random(seed),
        has_other_threads(other_threads),
        most_actions_(most_actions) {}

  using Lock = std::unique_lock<std::mutex>;

  std::mutex mutex;
  HandleTable handles;
  Timeline timeline;
  SeededRandom random;
  const bool has_other_threads;

  void Register(SelectorCore& selector) { selectors_.push_back(&selector); }
  void Unregister(SelectorCore& selector);

  // ---- Handles

  // What holds for `description` is `readiness`, of which `begun` began to hold
  // now, or again: queues whom that concerns, and nobody else.
  void Change(DescriptionId description, Readiness readiness, Readiness begun);
  // False if it is not open.
  bool Close(Handle handle);
  // If it was one of several exclusive ones and had been given a change, that
  // is given to another one. To be called with what no selector has any more.
  void GiveOn(const SimulatedRegistration& registration);
  // Queues it if it is ready.
  void QueueIfReady(SelectorCore& selector,
                    SimulatedRegistration& registration);
  // Ends it for the selector's registrations as `Selector::Close` does.
  void CloseSelector(SelectorCore& selector);

  // ---- Time

  // Does what is due, without the lock. Errors:
  //   kDeadlineExceeded    that has no end: it is `status()` from now on.
  //   kFailedPrecondition  an action of this thread has called this.
  absl::Status RunDue(Lock& lock);
  // Moves the clock on to `time`, doing what is due on the way at its time. If
  // that fails, the clock stays there, and the error is `status()`.
  void MoveTo(absl::Duration time, Lock& lock);
  // What a `Wait` returns that has done `actions` of those that are planned,
  // and has found nothing: OK, or an error if it would not end.
  absl::Status CheckEnds(std::size_t actions) const;
  // How many planned actions have been run.
  std::size_t actions() const { return actions_; }
  // OK, or why what is planned is not done any more.
  const absl::Status& status() const { return status_; }

  // ---- Threads

  // Blocks until the next `NotifyAll`.
  void Sleep(SelectorCore& selector, Lock& lock);
  // To be called after each change that may concern who sleeps.
  void NotifyAll();
  // How often that was called.
  std::uint64_t changes() const { return changes_; }
  // Blocks until `count` threads are in `Sleep`, all changes up to here seen.
  void AwaitSleepers(int count, Lock& lock);

 private:
  class RunningAction;

  void Stop(const absl::Status& status);
  void Queue(SelectorCore& selector, SimulatedRegistration& registration);
  void QueueOneExclusive(DescriptionId description, Readiness begun);

  const std::size_t most_actions_;  // At one time.
  std::size_t actions_ = 0;
  std::vector<std::thread::id> running_;  // The threads that are in an action.
  absl::Status status_;
  std::vector<SelectorCore*> selectors_;
  int sleepers_ = 0;
  std::uint64_t changes_ = 0;
  std::condition_variable changed_;
  std::condition_variable fell_asleep_;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_SIMULATION_CORE_H_
