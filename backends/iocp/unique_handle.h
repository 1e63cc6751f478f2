#ifndef BACKENDS_IOCP_UNIQUE_HANDLE_H_
#define BACKENDS_IOCP_UNIQUE_HANDLE_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <utility>

namespace event_selector {
namespace iocp {

// Owns a HANDLE of the kernel's, or nothing (null), and closes it in the end.
class UniqueHandle {
 public:
  UniqueHandle() = default;
  explicit UniqueHandle(HANDLE handle) : handle_(handle) {}
  UniqueHandle(UniqueHandle&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~UniqueHandle() {
    if (valid()) CloseHandle(handle_);
  }

  HANDLE get() const { return handle_; }
  bool valid() const {
    return handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE;
  }

 private:
  HANDLE handle_ = nullptr;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_UNIQUE_HANDLE_H_
