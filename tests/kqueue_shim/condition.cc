#include "tests/kqueue_shim/condition.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <optional>

#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {
namespace {

// What poll(2) says, as EV_EOF of one direction and the error behind it.
struct End {
  bool is_there = false;
  bool is_error = false;
};

End EndOf(FileKind kind, short filter, int polled) {
  switch (kind) {
    case FileKind::kPipeReadEnd:
      // The last writer is gone, which ends both directions of a BSD's pipe.
      return {(polled & POLLHUP) != 0, false};
    case FileKind::kPipeWriteEnd:
      return {(polled & POLLERR) != 0, false};
    case FileKind::kSocket:
      return {(polled & POLLHUP) != 0 ||
                  (filter == EVFILT_READ && (polled & POLLRDHUP) != 0),
              (polled & POLLERR) != 0};
    default:
      return {(polled & POLLHUP) != 0, false};
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

bool IsSocketError(FileKind kind, int polled) {
  return kind == FileKind::kSocket && (polled & POLLERR) != 0;
}

// Whether a low-water mark is above what there is. Pipes do not heed it.
bool IsBelowMark(System system, int descriptor, FileKind kind, short filter,
                 unsigned int fflags, std::int64_t mark) {
  if ((fflags & NOTE_LOWAT) == 0 || kind != FileKind::kSocket) return false;
  if (filter == EVFILT_READ) {
    constexpr std::int64_t kMacOsBuffer = 128 * 1024;
    if (system == System::kMacOs && mark > kMacOsBuffer) mark = kMacOsBuffer;
    return CountOf(descriptor, FIONREAD) < mark;
  }
  // How much room there is, Linux does not say. On macOS all of the buffer is
  // enough, elsewhere a high mark is out of reach.
  return system != System::kMacOs || CountOf(descriptor, SIOCOUTQ) > 0;
}

}  // namespace

FileKind KindOf(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return FileKind::kOther;
  if (S_ISSOCK(status.st_mode)) return FileKind::kSocket;
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    return FileKind::kVnode;
  }
  if (!S_ISFIFO(status.st_mode)) return FileKind::kOther;
  return (fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_WRONLY
             ? FileKind::kPipeWriteEnd
             : FileKind::kPipeReadEnd;
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
  const End end = EndOf(kind, filter, polled);
  const int wanted = filter == EVFILT_READ ? POLLIN : POLLOUT;
  if (!end.is_there && !IsSocketError(kind, polled) &&
      ((polled & wanted) == 0 ||
       IsBelowMark(system, descriptor, kind, filter, fflags, data))) {
    return std::nullopt;
  }
  if (end.is_there) {
    condition.flags = EV_EOF;
    condition.fflags = end.is_error ? ECONNRESET : 0;
  }
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

}  // namespace testing
}  // namespace event_selector
