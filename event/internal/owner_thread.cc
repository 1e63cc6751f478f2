#include "event/internal/owner_thread.h"

#include <atomic>
#include <cstdint>

namespace event_selector {
namespace internal {

std::uint64_t TakeThreadNumber() {
  thread_number =
      last_thread_number.fetch_add(1, std::memory_order_relaxed) + 1;
  return thread_number;
}

}  // namespace internal
}  // namespace event_selector
