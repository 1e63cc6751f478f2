#include "backends/io_uring/handle_kind.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdint>

#include "event/handle.h"

namespace event_selector {
namespace io_uring {
namespace {

// Those of sockets and pipes that have no name (net/socket.c, fs/pipe.c). Only
// what has a name can be opened as a name only.
constexpr mode_t kModeOfSocket = S_IFSOCK | 0777;
constexpr mode_t kModeOfPipe = S_IFIFO | 0600;

bool IsOnlyAPath(Handle handle) {
  return (fcntl(handle, F_GETFL) & O_PATH) != 0;
}

// Only an epoll instance looks for what it does not watch.
bool IsEpoll(Handle handle, int unwatched) {
  epoll_event event = {};
  return epoll_ctl(handle, EPOLL_CTL_DEL, unwatched, &event) == 0 ||
         errno != EINVAL;
}

// False for what has nothing to report (fsopen(2), landlock, a BPF program).
// Never changes anything: EPOLLEXCLUSIVE is for EPOLL_CTL_ADD only.
bool CanBeWatched(Handle handle, int epoll) {
  epoll_event event = {};
  event.events = EPOLLEXCLUSIVE;
  return epoll_ctl(epoll, EPOLL_CTL_MOD, handle, &event) == 0 || errno != EPERM;
}

HandleKind KindOf(Handle handle, mode_t mode, int unwatched, int epoll) {
  switch (mode & S_IFMT) {
    case S_IFSOCK:
    case S_IFIFO:
      if (mode != kModeOfSocket && mode != kModeOfPipe && IsOnlyAPath(handle)) {
        return HandleKind::kOther;
      }
      return HandleKind::kStream;
    case 0:
      return !IsEpoll(handle, unwatched) && CanBeWatched(handle, epoll)
                 ? HandleKind::kObject
                 : HandleKind::kOther;
    default:
      return HandleKind::kOther;
  }
}

std::uint32_t Mix(std::uint64_t device, std::uint64_t inode) {
  const std::uint64_t product =
      (inode ^ (device << 40)) * 0x9e37'79b9'7f4a'7c15u;
  return static_cast<std::uint32_t>(product >> 32);
}

}  // namespace

bool IsOpen(Handle handle) { return fcntl(handle, F_GETFD) >= 0; }

HandleFacts FactsOf(Handle handle, int unwatched, int epoll) {
  struct stat status;
  if (fstat(handle, &status) != 0) return {};
  HandleFacts facts;
  facts.kind = KindOf(handle, status.st_mode, unwatched, epoll);
  facts.identity = Mix(status.st_dev, status.st_ino);
  return facts;
}

}  // namespace io_uring
}  // namespace event_selector
