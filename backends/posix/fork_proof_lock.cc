#include "backends/posix/fork_proof_lock.h"

#include <time.h>

#include <atomic>
#include <cstdint>

#include "backends/posix/fork_generation.h"

namespace event_selector {
namespace posix {

void PauseBriefly() {
  timespec pause = {};
  pause.tv_nsec = 20'000;
  nanosleep(&pause, nullptr);
}

void ForkProofLock::Lock() {
  const std::uint32_t generation = ForkGeneration();
  for (;;) {
    std::uint32_t holder = holder_.load(std::memory_order_relaxed);
    if (holder != generation &&
        holder_.compare_exchange_strong(holder, generation,
                                        std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
      return;
    }
    PauseBriefly();
  }
}

}  // namespace posix
}  // namespace event_selector
