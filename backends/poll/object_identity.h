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

  // Whether it is a regular file, a directory or a block device by its type. By
  // and large these are always ready, and no system's epoll or kqueue watches
  // them: `HasReadiness` knows which ones are an exception.
  bool IsFile() const;
};

// Whether the system watches `handle`, although it is a file by its type: Linux
// has message queues, /proc/mounts, and files of sysfs and of control groups
// that poll(2) reports. Asks epoll(7), which refuses what is always ready;
// false on other systems. Three system calls.
bool HasReadiness(Handle handle);

// Writes what `handle` names to `identity`: one system call, two for a pipe. 0,
// or the error: EBADF where it is not open.
int Identify(Handle handle, ObjectIdentity& identity);

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_OBJECT_IDENTITY_H_
