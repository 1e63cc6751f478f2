#ifndef BACKENDS_KQUEUE_EVENT_MERGER_H_
#define BACKENDS_KQUEUE_EVENT_MERGER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "backends/kqueue/registration_table.h"
#include "backends/kqueue/registration_word.h"
#include "backends/kqueue/system.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/readiness.h"

namespace event_selector {
namespace kqueue {

// Makes the events of one `Wait` of the system's: one for each registration, of
// its kevents, which are one for each filter. Those of a registration that has
// changed since, or that is spent, give nothing. Takes no lock and allocates
// nothing; lives on the stack.
class EventMerger {
 public:
  // How many kevents it takes.
  static constexpr std::size_t kMost = 256;

  // Writes to the front of `events`. Both must outlive this object.
  EventMerger(const RegistrationTable& table, absl::Span<Event> events)
      : table_(table), events_(events) {}

  // The next one: there must be room for its event.
  void Take(const Kevent& kevent);

  // How many events there are now.
  std::size_t filled() const { return filled_; }

  // A registration whose filter of a direction has to follow what `Take` has
  // just heard of its end, or whose handle is gone: see `Registrar::FollowEnd`.
  // Forgets it.
  struct Follower {
    Handle handle = kInvalidHandle;
    std::uint32_t generation = 0;
    bool is_read = false;
    bool is_write = false;
    bool is_gone = false;

    bool empty() const { return !is_read && !is_write && !is_gone; }
  };
  std::optional<Follower> TakeFollower();

 private:
  // What a registration has reported here.
  struct Source {
    Handle handle;
    std::uint32_t generation;
  };

  static constexpr std::size_t kSlots = 2 * kMost;
  using Slot = std::uint16_t;

  // Where the event of `source` is, or is to be.
  Slot& SlotOf(const Source& source);
  void Add(const Source& source, AtomicRegistration& registration,
           Readiness report, Slot& slot);

  const RegistrationTable& table_;
  const absl::Span<Event> events_;
  std::size_t filled_ = 0;
  std::optional<Follower> follower_;
  std::array<Source, kMost> sources_;    // Of the events.
  std::array<Slot, kSlots> slots_ = {};  // A hash table; 0: free, else the
                                         // number of an event from 1 on.
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_EVENT_MERGER_H_
