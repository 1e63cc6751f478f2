#include "backends/posix/descriptor_kind.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace posix {
namespace {

// Devices that are always ready, and that programs are often started with.
constexpr const char* kUsualDevices[] = {"/dev/null", "/dev/zero", "/dev/full",
                                         "/dev/urandom"};

absl::string_view DeviceName(dev_t device) {
  for (const char* const path : kUsualDevices) {
    struct stat status;
    if (stat(path, &status) == 0 && S_ISCHR(status.st_mode) &&
        status.st_rdev == device) {
      return path;
    }
  }
  return "a character device";
}

// Whether `descriptor` is open, but as a name only.
bool IsOnlyAPath(int descriptor) {
#if defined(O_PATH)
  const int flags = fcntl(descriptor, F_GETFL);
  return flags >= 0 && (flags & O_PATH) != 0;
#else
  static_cast<void>(descriptor);
  return false;
#endif
}

}  // namespace

absl::string_view KindOf(int descriptor) {
  if (IsOnlyAPath(descriptor)) return "a path (O_PATH)";
  struct stat status;
  if (fstat(descriptor, &status) != 0) return "of an unknown kind";
  if (S_ISREG(status.st_mode)) return "a regular file";
  if (S_ISDIR(status.st_mode)) return "a directory";
  if (S_ISBLK(status.st_mode)) return "a block device";
  if (S_ISCHR(status.st_mode)) return DeviceName(status.st_rdev);
  if (S_ISFIFO(status.st_mode)) return "a pipe or FIFO";
  if (S_ISSOCK(status.st_mode)) return "a socket";
  if (S_ISLNK(status.st_mode)) return "a symbolic link";
  return "an object of the kernel without a file";
}

absl::Status BadDescriptorError(absl::string_view call, Handle handle) {
  return IsOnlyAPath(handle)
             ? internal::NotPollableError(call, handle, KindOf(handle))
             : internal::NotOpenError(call, handle);
}

}  // namespace posix
}  // namespace event_selector
