#ifndef TESTS_SOAK_COUNTERS_H_
#define TESTS_SOAK_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "event/event.h"

namespace event_selector {
namespace soak {

enum class Count {
  kEvents,
  kReadable,  // Of the events. One may tell of several conditions.
  kWritable,
  kClosed,          // Read-closed, hang-up or error.
  kWakesAsked,      // Calls of Wake.
  kWakesDelivered,  // Waits that ended for a wake-up and nothing else.
  kRegistrations,   // Add, Modify and Remove.
  kSelectors,       // Made.
  kBytes,           // Echoed.
  kTimedWaits,      // That lasted their whole time.
  kSignals,         // Handled.
  kSize,
};

// What all loads have done together. Thread-safe; reading one counter says
// nothing about another, except while the loads are at rest.
class Counters {
 public:
  void Add(Count count, std::uint64_t amount = 1) {
    values_[static_cast<std::size_t>(count)].fetch_add(
        amount, std::memory_order_relaxed);
  }
  std::uint64_t Get(Count count) const {
    return values_[static_cast<std::size_t>(count)].load(
        std::memory_order_relaxed);
  }

  // Counts what a `Wait` has returned, by kind.
  void AddEvents(absl::Span<const Event> events) {
    Add(Count::kEvents, events.size());
    for (const Event& event : events) {
      const Readiness ready = event.readiness;
      if (ready.readable()) Add(Count::kReadable);
      if (ready.writable()) Add(Count::kWritable);
      if (ready.read_closed() || ready.hangup() || ready.error()) {
        Add(Count::kClosed);
      }
    }
  }

 private:
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::kSize)>
      values_{};
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_COUNTERS_H_
