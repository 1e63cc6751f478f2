#include "backends/posix/fork_generation.h"

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/posix/errno_status.h"

namespace event_selector {
namespace posix {
namespace detail {

std::atomic<std::uint32_t> fork_generation{0};

namespace {

// Runs in the child, where only the forking thread exists.
void CountFork() { fork_generation.fetch_add(1, std::memory_order_relaxed); }

}  // namespace
}  // namespace detail

absl::Status WatchForks() {
  // Not a static of its own initialisation: the error of one call is not that
  // of the next, and a child forked meanwhile would find its lock held. Where
  // two threads come first at once, each fork counts twice, which is as good.
  static std::atomic<bool> is_watching{false};
  if (is_watching.load(std::memory_order_acquire)) return absl::OkStatus();
  const int error = pthread_atfork(nullptr, nullptr, &detail::CountFork);
  if (error != 0) return CreationError(error, "pthread_atfork");
  is_watching.store(true, std::memory_order_release);
  return absl::OkStatus();
}

}  // namespace posix
}  // namespace event_selector
