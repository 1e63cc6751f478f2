#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

absl::Status SetNonBlocking(const Descriptor& descriptor) {
  const int flags = fcntl(descriptor.fd(), F_GETFL);
  if (flags < 0 || fcntl(descriptor.fd(), F_SETFL, flags | O_NONBLOCK) < 0) {
    return ErrnoStatus("fcntl");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::pair<Descriptor, Descriptor>> MakePair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
    return ErrnoStatus("socketpair");
  }
  std::pair<Descriptor, Descriptor> pair{ends[0], ends[1]};
  for (const Descriptor* end : {&pair.first, &pair.second}) {
    absl::Status set = SetNonBlocking(*end);
    if (!set.ok()) return set;
  }
  return pair;
}

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
