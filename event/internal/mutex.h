#ifndef EVENT_INTERNAL_MUTEX_H_
#define EVENT_INTERNAL_MUTEX_H_

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace event_selector {
namespace internal {

// A std::mutex whose use Clang's -Wthread-safety checks (ABSL_GUARDED_BY).
//
// Not an absl::Mutex: without NDEBUG, its functions take a lock of the whole
// process, which in a forked child may be held by a thread that is not there
// any more; and a child may destroy the selector.
class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a `Mutex` from here to the end of the block. Functions that it calls
// may give it up for a time.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_.Lock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }

 private:
  Mutex& mutex_;
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_MUTEX_H_
