#ifndef BACKENDS_POLL_OBJECT_IDENTITY_H_
#define BACKENDS_POLL_OBJECT_IDENTITY_H_

#include <sys/types.h>

#include "event/handle.h"

namespace event_selector {
namespace poll {

// What a handle's number names, as far as fstat(2) can tell: by which a number
// that was closed and used again is noticed.
//
// Two objects may look the same. On Linux all eventfds, timerfds, signalfds and
// epoll instances share one inode (fs/anon_inodes.c); on some BSDs all sockets
// of a protocol do. Duplicates of a descriptor always look the same.
struct ObjectIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  mode_t type = 0;  // S_IFMT's bits.
  // Of a pipe or FIFO: which end it is (O_ACCMODE's bits), since both have the
  // same inode.
  int access = 0;

  friend bool operator==(const ObjectIdentity& a, const ObjectIdentity& b) {
    return a.device == b.device && a.inode == b.inode && a.type == b.type &&
           a.access == b.access;
  }
  friend bool operator!=(const ObjectIdentity& a, const ObjectIdentity& b) {
    return !(a == b);
  }

  // Whether it is something that is always ready, and that no system's epoll or
  // kqueue watches for readiness: a regular file, a directory, a block device.
  bool IsFile() const;
};

// Writes what `handle` names to `identity`: one system call, two for a pipe. 0,
// or the error: EBADF where it is not open.
int Identify(Handle handle, ObjectIdentity& identity);

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_OBJECT_IDENTITY_H_
