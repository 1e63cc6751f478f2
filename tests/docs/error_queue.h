#ifndef TESTS_DOCS_ERROR_QUEUE_H_
#define TESTS_DOCS_ERROR_QUEUE_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>

// [begin the error queue]
// What to do about kError. Whether the socket has failed: not if the report
// was about its error queue, which this empties, so that it is not repeated.
inline bool HasFailed(int fd) {
#if defined(MSG_ERRQUEUE)  // Linux
  ssize_t size;
  do {  // Throws all of it away. A program that asked for reports reads them.
    msghdr report = {};
    size = recvmsg(fd, &report, MSG_ERRQUEUE | MSG_DONTWAIT);
  } while (size >= 0 || errno == EINTR);
#endif
  int error = 0;
  socklen_t length = sizeof(error);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0 ||
         error != 0;
}
// [end]

#endif  // TESTS_DOCS_ERROR_QUEUE_H_
