#ifndef BACKENDS_POLL_WAITER_H_
#define BACKENDS_POLL_WAITER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/poll/notifier.h"
#include "backends/poll/poll_set.h"
#include "backends/poll/registration_table.h"

namespace event_selector {
namespace poll {

// What one thread needs for a wait: its array for poll(2), and a notifier in
// it, by which others make that call end.
//
//            BeginPolling                Interrupt
//   [ idle ] ------------> [ polling ] ------------> [ interrupted ]
//      ^                        |                          |
//      '------- EndPolling -----'--------------------------'
//
// At most one interruption is sent for each time of polling. It may arrive
// late, after `EndPolling`: then it ends the next poll, which begins anew.
//
// Thread-safe are `Interrupt`, which is async-signal-safe, too, and `Owns`. The
// rest needs the lock of the table, but for the poll itself, between
// `BeginPolling` and `EndPolling`: of this, only the thread that waits may then
// touch `set`.
class Waiter {
 public:
  // Must succeed before anything else is called. Errors: kResourceExhausted.
  absl::Status Open(Notifier::Kind kind) { return notifier_.Open(kind); }

  // Makes room for `registrations` in the array. May throw std::bad_alloc.
  void Reserve(std::size_t registrations);

  // Brings the array up to date, and lets `Interrupt` send from now on.
  void BeginPolling(const RegistrationTable& table);

  // After the poll, which succeeded if `has_polled`. False if the notifier is
  // out of order: somebody closed it, or the system refuses to read it.
  bool EndPolling(bool has_polled);

  enum class Answer {
    kIdle,         // Nobody polls: whatever it was for, the next one will see.
    kInterrupted,  // The poll ends, or has ended and is being looked at.
    kRefused,      // The system refuses the write behind it.
  };
  Answer Interrupt();

  // Whether a poll is running of what the table was before `version`.
  bool IsPollingBefore(std::uint64_t version) const {
    return state_.load(std::memory_order_relaxed) != kNotPolling &&
           set_.version() < version;
  }

  PollSet& set() { return set_; }
  const PollSet& set() const { return set_; }

  // Whether `descriptor` is a part of this.
  bool Owns(int descriptor) const { return notifier_.Owns(descriptor); }

 private:
  enum State { kNotPolling, kPolling, kInterrupting };
  static_assert(std::atomic<State>::is_always_lock_free,
                "used in signal handlers");

  Notifier notifier_;
  PollSet set_;
  std::atomic<State> state_{kNotPolling};
};

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_WAITER_H_
