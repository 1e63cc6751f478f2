#ifndef BACKENDS_POSIX_SELECTOR_LIFE_H_
#define BACKENDS_POSIX_SELECTOR_LIFE_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/posix/fork_generation.h"

namespace event_selector {
namespace posix {

// How long a selector can be used: until `Selector::Close`, and in the process
// that made it (S4). Begins with its construction, before which `WatchForks`
// must have succeeded in the process.
// Thread-safe; all but `WhyOver` is async-signal-safe.
class SelectorLife {
 public:
  // Neither closed nor in a forked child, by one comparison. Acquires what the
  // thread that closed it did before.
  bool IsUsable() const {
    return usable_generation_.load(std::memory_order_acquire) ==
           ForkGeneration();
  }

  // The error of every call while `IsUsable` is false.
  absl::Status WhyOver() const;
  // The same without a message, which would allocate: for signal handlers.
  absl::Status WhyOverInBrief() const;

  // Ends it. False if it was closed already.
  bool Close() {
    return usable_generation_.exchange(kClosed, std::memory_order_acq_rel) !=
           kClosed;
  }

  // False in a forked child, which shares the parent's descriptors.
  bool IsInItsProcess() const { return fork_generation_ == ForkGeneration(); }

 private:
  // No process is that many forks away from its first ancestor.
  static constexpr std::uint32_t kClosed = ~std::uint32_t{0};

  const std::uint32_t fork_generation_ = ForkGeneration();
  std::atomic<std::uint32_t> usable_generation_{fork_generation_};
};

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_SELECTOR_LIFE_H_
