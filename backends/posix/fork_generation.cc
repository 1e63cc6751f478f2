#include "backends/posix/fork_generation.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/posix/errno_status.h"

namespace event_selector {
namespace posix {
namespace detail {

ForkState fork_state;

namespace {

// Whether the kernel fills the `size` bytes at `page` with zeros in every child
// from now on.
bool WipeInChildren(void* page, std::size_t size) {
#if defined(MADV_WIPEONFORK)
  return madvise(page, size, MADV_WIPEONFORK) == 0;
#elif defined(INHERIT_ZERO)
  return minherit(page, size, INHERIT_ZERO) == 0;
#elif defined(MAP_INHERIT_ZERO)
  return minherit(page, size, MAP_INHERIT_ZERO) == 0;
#else
  static_cast<void>(page);
  static_cast<void>(size);
  return false;
#endif
}

bool WipeGenerationInChildren() {
  const long page_size = sysconf(_SC_PAGESIZE);
  return page_size > 0 && static_cast<std::size_t>(page_size) <= kLargestPage &&
         WipeInChildren(&fork_state.generation,
                        static_cast<std::size_t>(page_size));
}

// Runs in the child, where only the forking thread exists.
void WipeGeneration() {
  fork_state.generation.store(0, std::memory_order_relaxed);
}

// Two threads that come first at once do it twice, which is as good.
absl::Status BeginWatching() {
  if (fork_state.is_watching.load(std::memory_order_acquire)) {
    return absl::OkStatus();
  }
  if (!WipeGenerationInChildren()) {
    const int error = pthread_atfork(nullptr, nullptr, &WipeGeneration);
    if (error != 0) return CreationError(error, "pthread_atfork");
  }
  fork_state.is_watching.store(true, std::memory_order_release);
  return absl::OkStatus();
}

}  // namespace
}  // namespace detail

absl::Status WatchForks() {
  using detail::fork_state;
  if (ForkGeneration() != 0) return absl::OkStatus();
  if (absl::Status status = detail::BeginWatching(); !status.ok()) {
    return status;
  }
  std::uint32_t none = 0;
  const std::uint32_t next =
      fork_state.last_generation.fetch_add(1, std::memory_order_relaxed) + 1;
  // Unless another thread was faster.
  fork_state.generation.compare_exchange_strong(none, next,
                                                std::memory_order_relaxed);
  return absl::OkStatus();
}

}  // namespace posix
}  // namespace event_selector
