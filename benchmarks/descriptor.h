#ifndef BENCHMARKS_DESCRIPTOR_H_
#define BENCHMARKS_DESCRIPTOR_H_

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"

namespace benchmarks {

// Owns a file descriptor, on Windows a socket, and closes it.
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
  ~Descriptor();

  // kInvalidHandle (-1) where there is none.
  event_selector::Handle fd() const { return fd_; }

 private:
  event_selector::Handle fd_ = event_selector::kInvalidHandle;
};

// Why the system call `call` has just failed, by `errno`, on Windows by
// WSAGetLastError().
absl::Status ErrnoStatus(absl::string_view call);

// Whether it failed because it would block, on a non-blocking descriptor.
bool WouldBlock();

// One read(2) or write(2) of a socket, on Windows recv or send; again where a
// signal has interrupted it. Returns how many bytes, -1 for an error.
std::ptrdiff_t Read(const Descriptor& socket, char* room, std::size_t size);
std::ptrdiff_t Write(const Descriptor& socket, const char* data,
                     std::size_t size);

// Lets the process have `count` descriptors open at once, by raising its soft
// limit where that is needed; Windows has none. kResourceExhausted: the hard
// limit is lower; the message says what to do.
absl::Status AllowDescriptors(int count);

}  // namespace benchmarks

#endif  // BENCHMARKS_DESCRIPTOR_H_
