#ifndef KEY_VALUE_SERVER_DESCRIPTOR_H_
#define KEY_VALUE_SERVER_DESCRIPTOR_H_

#include <utility>

#include "event/handle.h"
#include "socket_calls.h"

namespace key_value_server {

// Owns a socket, and closes it at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(event_selector::Handle handle) : handle_(handle) {}
  Descriptor(Descriptor&& other) noexcept
      : handle_(std::exchange(other.handle_, event_selector::kInvalidHandle)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Descriptor() {
    if (valid()) CloseSocket(handle_);
  }

  bool valid() const { return handle_ != event_selector::kInvalidHandle; }
  event_selector::Handle get() const { return handle_; }

 private:
  event_selector::Handle handle_ = event_selector::kInvalidHandle;
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_DESCRIPTOR_H_
