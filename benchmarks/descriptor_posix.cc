#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "benchmarks/descriptor.h"

namespace benchmarks {

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

absl::Status ErrnoStatus(absl::string_view call) {
  return absl::ErrnoToStatus(errno, call);
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

std::ptrdiff_t Read(const Descriptor& socket, char* room, std::size_t size) {
  ssize_t got = -1;
  do {
    got = read(socket.fd(), room, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

std::ptrdiff_t Write(const Descriptor& socket, const char* data,
                     std::size_t size) {
  ssize_t taken = -1;
  do {
    taken = write(socket.fd(), data, size);
  } while (taken < 0 && errno == EINTR);
  return taken;
}

absl::Status AllowDescriptors(int count) {
  const auto needed = static_cast<rlim_t>(count);
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return ErrnoStatus("getrlimit");
  if (limit.rlim_cur >= needed) return absl::OkStatus();
  if (limit.rlim_max < needed) {
    return absl::ResourceExhaustedError(
        absl::StrCat(count, " open files are needed, but the hard limit is ",
                     limit.rlim_max, ": raise it (as root: ulimit -Hn ", count,
                     ") or leave these benchmarks out (--benchmark_filter)"));
  }
  limit.rlim_cur = needed;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return ErrnoStatus("setrlimit");
  return absl::OkStatus();
}

}  // namespace benchmarks
