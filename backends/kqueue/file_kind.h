#ifndef BACKENDS_KQUEUE_FILE_KIND_H_
#define BACKENDS_KQUEUE_FILE_KIND_H_

#include "event/handle.h"

namespace event_selector {
namespace kqueue {

// What fstat(2) tells of a descriptor, where kevent(2) does not tell enough.
// False for one that is not open.

// Whether it is what kqueue watches and epoll does not: a regular file or a
// directory.
bool IsFile(Handle handle);

// Whether it is an end of a pipe or of a FIFO.
bool IsPipe(Handle handle);

// Whether it is one whose other end is closed (poll(2) says so, too).
bool IsBrokenPipe(Handle handle);

// Whether it is open.
bool IsOpen(Handle handle);

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_FILE_KIND_H_
