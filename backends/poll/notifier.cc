#include "backends/poll/notifier.h"

#include <unistd.h>

#if defined(__linux__)
#include <sys/eventfd.h>
#endif

#include <cerrno>
#include <cstdint>

#include "absl/status/status.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "backends/posix/private_pipe.h"
#include "backends/posix/unique_descriptor.h"

namespace event_selector {
namespace poll {
namespace {

// A descriptor that does not block is not interrupted by a signal. Bounded for
// what filters system calls, and may answer anything.
constexpr int kMostAttempts = 10'000;

}  // namespace

absl::Status Notifier::Open(Kind kind) {
  if (kind == Kind::kPipe) return OpenPipe();
  const absl::Status status = OpenEventfd();
  return kind == Kind::kEither && absl::IsUnimplemented(status) ? OpenPipe()
                                                                : status;
}

absl::Status Notifier::OpenEventfd() {
#if defined(__linux__)
  read_end_ = posix::UniqueDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!read_end_.valid()) return posix::CreationError(errno, "eventfd");
  return absl::OkStatus();
#else
  return posix::CreationError(ENOSYS, "eventfd");
#endif
}

absl::Status Notifier::OpenPipe() {
  int ends[2];
  if (posix::MakePrivatePipe(ends) != 0)
    return posix::CreationError(errno, "pipe");
  read_end_ = posix::UniqueDescriptor(ends[0]);
  write_end_ = posix::UniqueDescriptor(ends[1]);
  return absl::OkStatus();
}

bool Notifier::Notify() const {
  const posix::CancellationShield shield;
  // What an eventfd takes, and as good as any for a pipe.
  const std::uint64_t one = 1;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    if (write(target(), &one, sizeof(one)) == sizeof(one)) return true;
    // EAGAIN: full, hence readable.
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno != EINTR) return false;
  }
  return false;
}

bool Notifier::Reset() const {
  const posix::CancellationShield shield;
  // An eventfd gives its counter, 8 bytes; a pipe what fits. If more is in it,
  // the next poll ends at once, and this is called again.
  char buffer[64];
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    if (read(read_end_.get(), buffer, sizeof(buffer)) >= 0) return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno != EINTR) return false;
  }
  return false;
}

}  // namespace poll
}  // namespace event_selector
