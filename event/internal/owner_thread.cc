#include "event/internal/owner_thread.h"

#include <atomic>
#include <cstdint>

namespace event_selector {
namespace internal {

std::uint64_t TakeThreadNumber() {
  static std::atomic<std::uint64_t> last_number{0};
  thread_number = last_number.fetch_add(1, std::memory_order_relaxed) + 1;
  return thread_number;
}

}  // namespace internal
}  // namespace event_selector
