#ifndef BACKENDS_POSIX_FORK_GENERATION_H_
#define BACKENDS_POSIX_FORK_GENERATION_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"

namespace event_selector {
namespace posix {

namespace detail {

// The largest page that the system can have: Linux's page size is a choice of
// who builds the kernel, but on x86 there is one.
#if defined(__x86_64__) || defined(__i386__)
inline constexpr std::size_t kLargestPage = 4096;
#else
inline constexpr std::size_t kLargestPage = 65536;
#endif

// In one object, so that two copies of the library in one process (plug-ins)
// share all of it or nothing.
struct ForkState {
  // Alone on its pages, which the kernel wipes in a child. 0: this process has
  // not called `WatchForks` yet.
  alignas(kLargestPage) std::atomic<std::uint32_t> generation{0};
  // The last one that this process or an ancestor has begun.
  alignas(kLargestPage) std::atomic<std::uint32_t> last_generation{0};
  // Whether something sets `generation` to 0 in a child.
  std::atomic<bool> is_watching{false};
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free,
              "read in signal handlers");
extern ForkState fork_state;

}  // namespace detail

// A number above zero that no ancestor of the process has had, and no child
// will: what was made under another one belongs to another process. 0 until
// `WatchForks` has succeeded in this process. Costs one load;
// async-signal-safe.
//
// Not the process ID: getpid(2) is a system call, since glibc 2.25 always.
inline std::uint32_t ForkGeneration() {
  return detail::fork_state.generation.load(std::memory_order_relaxed);
}

// Gives this process a generation, unless it has one. To be called before
// something is made that is to notice a fork. Any thread, any number of times.
// Errors: kResourceExhausted (no memory).
//
// What notices a child is a page that the kernel fills with zeros there:
// madvise(2), MADV_WIPEONFORK (Linux 4.14); minherit(2), INHERIT_ZERO (FreeBSD
// 12, NetBSD 8) or MAP_INHERIT_ZERO (OpenBSD 5.6). It knows of every way to
// make one, `_Fork` and the raw system call too, before any handler runs. Where
// there is none (macOS, older kernels), a handler of pthread_atfork(3) does:
// not for `_Fork`, and not before handlers that the program registered earlier.
// A child that shares its parent's memory (vfork) is never noticed.
absl::Status WatchForks();

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_FORK_GENERATION_H_
