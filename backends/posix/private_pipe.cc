#include "backends/posix/private_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace event_selector {
namespace posix {

// pipe2(2) is in POSIX since 2024, and on these for long.
#if defined(__linux__) || defined(__FreeBSD__) || defined(__NetBSD__) ||      \
    defined(__OpenBSD__) || defined(__DragonFly__) || defined(__illumos__) || \
    _POSIX_VERSION >= 202405L

int MakePrivatePipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }

#else

int MakePrivatePipe(int ends[2]) {
  if (pipe(ends) != 0) return -1;
  for (int i = 0; i < 2; ++i) {
    if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) == 0 &&
        fcntl(ends[i], F_SETFL, O_NONBLOCK) == 0) {
      continue;
    }
    const int error = errno;
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return -1;
  }
  return 0;
}

#endif

}  // namespace posix
}  // namespace event_selector
