#include "backends/kqueue/file_kind.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "backends/posix/cancellation_shield.h"
#include "event/handle.h"

namespace event_selector {
namespace kqueue {

bool IsFile(Handle handle) {
  struct stat status;
  return fstat(handle, &status) == 0 &&
         (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

bool IsPipe(Handle handle) {
  struct stat status;
  return fstat(handle, &status) == 0 && S_ISFIFO(status.st_mode);
}

bool IsBrokenPipe(Handle handle) {
  if (!IsPipe(handle)) return false;
  const posix::CancellationShield shield;  // poll(2) is a cancellation point.
  pollfd entry = {handle, 0, 0};
  // POLLHUP on BSDs, POLLERR on Linux.
  return poll(&entry, 1, 0) == 1 && (entry.revents & (POLLHUP | POLLERR)) != 0;
}

bool IsOpen(Handle handle) { return fcntl(handle, F_GETFD) >= 0; }

}  // namespace kqueue
}  // namespace event_selector
