#include "backends/kqueue/file_kind.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

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

bool IsOpen(Handle handle) { return fcntl(handle, F_GETFD) >= 0; }

}  // namespace kqueue
}  // namespace event_selector
