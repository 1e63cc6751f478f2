#include "backends/poll/object_identity.h"

#include <fcntl.h>
#include <sys/stat.h>

#if defined(__linux__)
#include <sys/epoll.h>
#endif

#include <cerrno>

#include "backends/posix/unique_descriptor.h"
#include "event/handle.h"

namespace event_selector {
namespace poll {

bool ObjectIdentity::IsFile() const {
  return S_ISREG(type) || S_ISDIR(type) || S_ISBLK(type);
}

bool HasReadiness(Handle handle) {
#if defined(__linux__)
  const posix::UniqueDescriptor asked(epoll_create1(EPOLL_CLOEXEC));
  epoll_event nothing = {};
  return asked.valid() &&
         epoll_ctl(asked.get(), EPOLL_CTL_ADD, handle, &nothing) == 0;
#else
  static_cast<void>(handle);
  return false;
#endif
}

int Identify(Handle handle, ObjectIdentity& identity) {
  struct stat status;
  if (fstat(handle, &status) != 0) return errno;
  identity.device = status.st_dev;
  identity.inode = status.st_ino;
  identity.type = status.st_mode & S_IFMT;
  identity.access = 0;
  if (S_ISFIFO(status.st_mode)) {
    const int flags = fcntl(handle, F_GETFL);
    if (flags < 0) return errno;
    identity.access = flags & O_ACCMODE;
  }
  return 0;
}

}  // namespace poll
}  // namespace event_selector
