#ifndef BACKENDS_IO_URING_HANDLE_KIND_H_
#define BACKENDS_IO_URING_HANDLE_KIND_H_

#include <cstdint>

#include "event/handle.h"

namespace event_selector {
namespace io_uring {

// What a handle is, as far as it matters where it is watched.
enum class HandleKind {
  // Not open.
  kNone,
  // A socket, a pipe or a FIFO.
  kStream,
  // An object without a file: an eventfd, a timerfd, a signalfd, a pidfd.
  kObject,
  // What only epoll(7) knows how to watch, or to refuse: an epoll instance,
  // which may be part of a circle; a device; a file; a name (O_PATH); an object
  // that has nothing to report. A poll request reports what cannot be watched
  // as ready.
  kOther,
};

struct HandleFacts {
  HandleKind kind = HandleKind::kNone;
  // Equal for two handles that name the same object, and most likely different
  // for others. All objects without a file look alike (fs/anon_inodes.c).
  std::uint32_t identity = 0;
};

// One system call. Whether `handle` is open, be it as a name only.
bool IsOpen(Handle handle);

// One system call for sockets and pipes, up to three for others. `unwatched` is
// some open descriptor that no epoll instance watches, `epoll` an instance.
HandleFacts FactsOf(Handle handle, int unwatched, int epoll);

}  // namespace io_uring
}  // namespace event_selector

#endif  // BACKENDS_IO_URING_HANDLE_KIND_H_
