#ifndef BENCHMARKS_DESCRIPTOR_H_
#define BENCHMARKS_DESCRIPTOR_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace benchmarks {

// Owns a file descriptor and closes it.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  // -1 where there is none.
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// The error that `errno` names, as the status of the system call `call`.
absl::Status ErrnoStatus(absl::string_view call);

// Whether `errno` says that a call on a non-blocking descriptor would block.
bool WouldBlock();

// Makes `descriptor` non-blocking.
absl::Status SetNonBlocking(const Descriptor& descriptor);

// Lets the process have `count` descriptors open at once, by raising its soft
// limit where that is needed. kResourceExhausted: the hard limit is lower; the
// message says what to do.
absl::Status AllowDescriptors(int count);

}  // namespace benchmarks

#endif  // BENCHMARKS_DESCRIPTOR_H_
