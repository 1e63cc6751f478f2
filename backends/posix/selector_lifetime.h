#ifndef BACKENDS_POSIX_SELECTOR_LIFETIME_H_
#define BACKENDS_POSIX_SELECTOR_LIFETIME_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/posix/fork_generation.h"

namespace event {
namespace posix {

// How a selector ends: by `Close`, or by a fork, in the child. Thread-safe; all
// but `WhyUnusable` are async-signal-safe.
//
// `WatchForks` must have been called before an object is made.
class SelectorLifetime {
 public:
  // Neither closed nor in a forked child, by one comparison.
  bool IsUsable() const {
    return usable_generation_.load(std::memory_order_acquire) ==
           ForkGeneration();
  }
  // The error of every call while `IsUsable` is false.
  absl::Status WhyUnusable() const;
  // The same without a message, which would need memory.
  absl::Status WhyUnusableInSilence() const;

  // Whether this is the process that the object was made in.
  bool IsInItsProcess() const { return fork_generation_ == ForkGeneration(); }

  // Ends it. Whether this call did.
  bool Close() {
    return usable_generation_.exchange(kClosed, std::memory_order_acq_rel) !=
           kClosed;
  }

 private:
  // No process is that many forks away from its first ancestor.
  static constexpr std::uint32_t kClosed = ~std::uint32_t{0};

  const std::uint32_t fork_generation_ = ForkGeneration();
  std::atomic<std::uint32_t> usable_generation_{fork_generation_};
};

}  // namespace posix
}  // namespace event

#endif  // BACKENDS_POSIX_SELECTOR_LIFETIME_H_
