#ifndef BACKENDS_POSIX_UNIQUE_DESCRIPTOR_H_
#define BACKENDS_POSIX_UNIQUE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

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
    // No retry after EINTR: the number is free by then (close(2)).
    if (descriptor_ >= 0) ::close(descriptor_);
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
