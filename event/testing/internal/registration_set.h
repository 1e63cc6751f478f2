#ifndef EVENT_TESTING_INTERNAL_REGISTRATION_SET_H_
#define EVENT_TESTING_INTERNAL_REGISTRATION_SET_H_

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/testing/internal/handle_table.h"
#include "event/testing/internal/registration.h"
#include "event/testing/internal/seeded_random.h"
#include "event/token.h"

namespace event_selector {
namespace testing {
namespace internal {

// The registrations of one simulated selector, and the queue of those that may
// be ready, in the order of their turns. It works as epoll does (fs/eventpoll.c
// of Linux): a change to ready puts a registration into the queue; `Collect`
// takes it out, looks at what holds by then, and puts a level-triggered one
// that is ready back at the end. Thread-compatible.
class RegistrationSet {
 public:
  // `hangup_without_interest`: as in `Capabilities`.
  explicit RegistrationSet(bool hangup_without_interest)
      : hangup_without_interest_(hangup_without_interest) {}
  RegistrationSet(const RegistrationSet&) = delete;
  RegistrationSet& operator=(const RegistrationSet&) = delete;

  std::size_t size() const { return registrations_.size(); }

  // The registration of `description` under the number `handle`, or null.
  // Stays where it is until it is removed.
  SimulatedRegistration* Find(DescriptionId description, Handle handle);
  const SimulatedRegistration* Find(DescriptionId description,
                                    Handle handle) const;

  // There must be none like it yet. To be armed.
  SimulatedRegistration& Add(DescriptionId description, Handle handle);
  // Replaces all three, and takes it out of the queue.
  void Arm(SimulatedRegistration& registration, Token token, Interest interest,
           Mode mode);
  void Remove(SimulatedRegistration& registration);
  void RemoveAllOf(DescriptionId description);

  // Calls `visit` with each, in the order in which their descriptions came into
  // being; with each of `description`, in the order of their handles.
  void ForEach(absl::FunctionRef<void(SimulatedRegistration&)> visit);
  void ForEachOf(DescriptionId description,
                 absl::FunctionRef<void(SimulatedRegistration&)> visit);

  // Puts `registration` at the end of the queue, if it is not there already,
  // not to be reported before `not_before`.
  void Queue(SimulatedRegistration& registration, absl::Duration not_before);
  // Takes it out of the queue, if it is there.
  void Unqueue(SimulatedRegistration& registration);

  // How many are in the queue, ready or not.
  std::size_t queued() const { return queue_.size(); }
  // Brings the queue into another order.
  void ShuffleQueue(SeededRandom& random) {
    random.Shuffle(queue_.begin(), queue_.size());
  }
  // The earliest time after `now` before which one in the queue is not to be
  // reported; infinite where there is none.
  absl::Duration NextLate(absl::Duration now) const;

  // Writes the events of those in the queue that are ready to the front of
  // `events`, as far as they find room: how many.
  std::size_t Collect(const HandleTable& handles, absl::Duration now,
                      absl::Span<Event> events);

 private:
  // By description first: what happens there is asked for most.
  using Key = std::pair<DescriptionId, Handle>;

  // Whether it was ready. It is not in the queue then, or at its end.
  bool Report(SimulatedRegistration& registration, const HandleTable& handles,
              Event& event);

  const bool hangup_without_interest_;
  std::map<Key, SimulatedRegistration> registrations_;
  std::deque<SimulatedRegistration*> queue_;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_REGISTRATION_SET_H_
