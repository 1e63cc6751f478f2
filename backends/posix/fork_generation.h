#ifndef BACKENDS_POSIX_FORK_GENERATION_H_
#define BACKENDS_POSIX_FORK_GENERATION_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"

namespace event_selector {
namespace posix {

namespace detail {
extern std::atomic<std::uint32_t> fork_generation;
static_assert(std::atomic<std::uint32_t>::is_always_lock_free,
              "read in signal handlers");
}  // namespace detail

// A number that is different in a child process after `fork`: what was made
// under another one belongs to a parent. Counts from the first successful
// `WatchForks` on. Costs one load; async-signal-safe.
//
// Not the process ID: getpid(2) is a system call, since glibc 2.25 always.
inline std::uint32_t ForkGeneration() {
  return detail::fork_generation.load(std::memory_order_relaxed);
}

// Has `fork` count from now on, once for the process. Any thread, any number of
// times. Errors: kResourceExhausted (no memory).
absl::Status WatchForks();

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_FORK_GENERATION_H_
