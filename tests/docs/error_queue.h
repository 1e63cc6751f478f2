#ifndef TESTS_DOCS_ERROR_QUEUE_H_
#define TESTS_DOCS_ERROR_QUEUE_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>

// [begin the error queue]
// What to do about kError. Whether the socket has failed: not if the report
// was about its error queue, which this empties, so that it is not repeated.
inline bool HasFailed(int fd) {
  const auto option = [fd](int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : errno;
  };
#if defined(MSG_ERRQUEUE)  // Linux
  // Others have no such queue, and AF_UNIX takes this for an ordinary read.
  const int family = option(SO_DOMAIN);
  if (family == AF_INET || family == AF_INET6) {
    ssize_t size;
    do {  // Throws all of it away. A program that asked for reports reads them.
      msghdr report = {};
      size = recvmsg(fd, &report, MSG_ERRQUEUE | MSG_DONTWAIT);
    } while (size >= 0 || errno == EINTR);
  }
#endif
  return option(SO_ERROR) != 0;
}
// [end]

#endif  // TESTS_DOCS_ERROR_QUEUE_H_
