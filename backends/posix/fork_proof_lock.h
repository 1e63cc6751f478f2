#ifndef BACKENDS_POSIX_FORK_PROOF_LOCK_H_
#define BACKENDS_POSIX_FORK_PROOF_LOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "backends/posix/cancellation_shield.h"

namespace event_selector {
namespace posix {

// A lock for rare and short work, which a child process can take although a
// thread of its parent held it at the fork: that thread is not there any more.
// What it guards must make sense in every state that such a thread may leave.
// `WatchForks` must have succeeded in the process. Not async-signal-safe.
class ABSL_LOCKABLE ForkProofLock {
 public:
  constexpr ForkProofLock() = default;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION();
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    holder_.store(0, std::memory_order_release);
  }

 private:
  // The fork generation of the process whose thread holds it. 0: nobody.
  std::atomic<std::uint32_t> holder_{0};
};

// Holds a `ForkProofLock` to the end of the block. The thread is not cancelled
// meanwhile.
class ABSL_SCOPED_LOCKABLE ForkProofLockHolder {
 public:
  explicit ForkProofLockHolder(ForkProofLock& lock)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(lock)
      : lock_(lock) {
    lock_.Lock();
  }
  ForkProofLockHolder(const ForkProofLockHolder&) = delete;
  ForkProofLockHolder& operator=(const ForkProofLockHolder&) = delete;
  ~ForkProofLockHolder() ABSL_UNLOCK_FUNCTION() { lock_.Unlock(); }

 private:
  const CancellationShield shield_;
  ForkProofLock& lock_;
};

// Lets other threads run, for loops that wait for what takes microseconds. Not
// sched_yield(2), which gives a thread of lower priority no turn.
void PauseBriefly();

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_FORK_PROOF_LOCK_H_
