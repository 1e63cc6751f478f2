#include "tests/kqueue_shim/condition.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstdint>
#include <optional>

#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/kqueue_shim/socket_condition.h"

namespace event_selector {
namespace testing {
namespace {

// Whether what poll(2) says is EV_EOF of one direction.
bool HasEnded(FileKind kind, short filter, int polled) {
  switch (kind) {
    case FileKind::kPipeReadEnd:
      // The last writer is gone, which ends both directions of a BSD's pipe.
      return (polled & POLLHUP) != 0;
    case FileKind::kPipeWriteEnd:
      return (polled & POLLERR) != 0;
    case FileKind::kFifoReadEnd:
      return filter == EVFILT_READ && (polled & POLLHUP) != 0;
    case FileKind::kFifoWriteEnd:
      return filter == EVFILT_WRITE && (polled & POLLERR) != 0;
    default:
      return (polled & POLLHUP) != 0;
  }
}

bool IsOfPipe(FileKind kind) {
  return kind == FileKind::kPipeReadEnd || kind == FileKind::kPipeWriteEnd;
}

// Whether `filter` is of the direction that the descriptor does not have.
bool IsOtherDirection(FileKind kind, short filter) {
  switch (kind) {
    case FileKind::kPipeReadEnd:
    case FileKind::kFifoReadEnd:
      return filter == EVFILT_WRITE;
    case FileKind::kPipeWriteEnd:
    case FileKind::kFifoWriteEnd:
      return filter == EVFILT_READ;
    default:
      return false;
  }
}

int Poll(int descriptor) {
  pollfd entry = {descriptor, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
  while (poll(&entry, 1, 0) < 0 && errno == EINTR) {
  }
  return entry.revents;
}

std::int64_t CountOf(int descriptor, unsigned long request) {
  int count = 0;
  return ioctl(descriptor, request, &count) == 0 ? count : 0;
}

}  // namespace

FileKind KindOf(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return FileKind::kOther;
  if (S_ISSOCK(status.st_mode)) {
    return IsListener(descriptor) ? FileKind::kListener : FileKind::kSocket;
  }
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    return FileKind::kVnode;
  }
  if (!S_ISFIFO(status.st_mode)) return FileKind::kOther;
  struct statfs file_system;
  const bool is_of_pipe = fstatfs(descriptor, &file_system) == 0 &&
                          file_system.f_type == PIPEFS_MAGIC;
  switch (fcntl(descriptor, F_GETFL) & O_ACCMODE) {
    case O_WRONLY:
      return is_of_pipe ? FileKind::kPipeWriteEnd : FileKind::kFifoWriteEnd;
    case O_RDONLY:
      return is_of_pipe ? FileKind::kPipeReadEnd : FileKind::kFifoReadEnd;
    default:
      return FileKind::kFifo;
  }
}

int WhyNotAdded(System system, int descriptor, FileKind kind, short filter) {
  if (filter == EVFILT_VNODE) return kind == FileKind::kVnode ? 0 : EINVAL;
  if (kind == FileKind::kVnode) return filter == EVFILT_EXCEPT ? EINVAL : 0;
  if (filter != EVFILT_READ && filter != EVFILT_WRITE) return 0;
  if (IsOtherDirection(kind, filter)) {
    const bool is_refused =
        IsOfPipe(kind) ? system == System::kNetBsd : system == System::kOpenBsd;
    if (is_refused) return EINVAL;
  }
  if (IsOfPipe(kind) && filter == EVFILT_WRITE &&
      HasEnded(kind, filter, Poll(descriptor))) {
    switch (system) {
      case System::kFreeBsd:
      case System::kOpenBsd:
        return EPIPE;
      case System::kNetBsd7:
      case System::kNetBsd:
        return EBADF;
      case System::kMacOs:
        return 0;
    }
  }
  return 0;
}

std::optional<Condition> Ask(System system, int descriptor, FileKind kind,
                             short filter, unsigned int fflags,
                             std::int64_t data) {
  const int polled = Poll(descriptor);
  Condition condition;
  if (filter == EVFILT_EXCEPT) {
    if ((polled & POLLPRI) == 0) return std::nullopt;
    condition.fflags = NOTE_OOB;
    return condition;
  }
  if (kind == FileKind::kSocket || kind == FileKind::kListener) {
    return AskSocket(system, descriptor, kind, filter, fflags, data, polled);
  }
  const bool has_ended = HasEnded(kind, filter, polled);
  const int wanted = filter == EVFILT_READ ? POLLIN : POLLOUT;
  // No low-water mark is heeded.
  if (!has_ended && (polled & wanted) == 0) return std::nullopt;
  if (has_ended) condition.flags = EV_EOF;
  if (filter == EVFILT_READ) condition.data = CountOf(descriptor, FIONREAD);
  return condition;
}

std::uint32_t EpollEventsOf(short filter) {
  switch (filter) {
    case EVFILT_READ:
      return EPOLLIN | EPOLLRDHUP | EPOLLET;
    case EVFILT_WRITE:
      return EPOLLOUT | EPOLLET;
    default:
      return EPOLLPRI | EPOLLET;
  }
}

bool IsLookedAt(System system, FileKind kind, short filter,
                std::uint32_t heard) {
  const bool is_blind =
      system == System::kNetBsd7 || system == System::kOpenBsd;
  if (is_blind && IsOfPipe(kind) && filter == EVFILT_WRITE) {
    return (heard & EPOLLOUT) != 0;
  }
  return true;
}

}  // namespace testing
}  // namespace event_selector
