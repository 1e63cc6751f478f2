#ifndef EXAMPLES_COMMON_DESCRIPTOR_H_
#define EXAMPLES_COMMON_DESCRIPTOR_H_

#include <utility>

#include "event/handle.h"
#include "examples/common/socket_calls.h"

namespace examples {

// Owns a socket, or on POSIX systems any descriptor, and closes it at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(event_selector::Handle fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, event_selector::kInvalidHandle)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (valid()) CloseSocket(fd_);
  }

  bool valid() const { return fd_ != event_selector::kInvalidHandle; }
  event_selector::Handle get() const { return fd_; }

 private:
  event_selector::Handle fd_ = event_selector::kInvalidHandle;
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_DESCRIPTOR_H_
