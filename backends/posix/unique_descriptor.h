#ifndef BACKENDS_POSIX_UNIQUE_DESCRIPTOR_H_
#define BACKENDS_POSIX_UNIQUE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

#include "backends/posix/cancellation_shield.h"

namespace event_selector {
namespace posix {

// Owns a file descriptor, or nothing (-1), and closes it in the end.
class UniqueDescriptor {
 public:
  UniqueDescriptor() = default;
  explicit UniqueDescriptor(int descriptor) : descriptor_(descriptor) {}
  UniqueDescriptor(UniqueDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UniqueDescriptor& operator=(UniqueDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~UniqueDescriptor() {
    if (descriptor_ < 0) return;
    // Before the thread ends, and not by an exception out of a destructor.
    const CancellationShield shield;
    // No retry after EINTR: the number is free by then (close(2)).
    ::close(descriptor_);
  }

  int get() const { return descriptor_; }
  // Gives the descriptor up without closing it.
  int Release() { return std::exchange(descriptor_, -1); }
  bool valid() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_UNIQUE_DESCRIPTOR_H_
