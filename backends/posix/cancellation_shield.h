#ifndef BACKENDS_POSIX_CANCELLATION_SHIELD_H_
#define BACKENDS_POSIX_CANCELLATION_SHIELD_H_

#include <pthread.h>

namespace event_selector {
namespace posix {

// Keeps pthread_cancel(3) from ending the calling thread while this object
// lives: for calls that are cancellation points (write, read, close, poll, ...)
// at a place where a thread that ends would leave something half done. A
// request that comes meanwhile is not lost: the thread's next cancellation
// point heeds it.
//
// Costs no system call. Async-signal-safe with glibc, musl and the BSDs, though
// POSIX asks it of nobody before 2024.
class CancellationShield {
 public:
#if defined(__ANDROID__)
  // There is no pthread_cancel.
  CancellationShield() {}
#else
  CancellationShield() {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state_before_);
  }
  ~CancellationShield() { pthread_setcancelstate(state_before_, &ignored_); }
#endif
  CancellationShield(const CancellationShield&) = delete;
  CancellationShield& operator=(const CancellationShield&) = delete;

#if !defined(__ANDROID__)
 private:
  int state_before_ = 0;
  // Not every system takes a null pointer.
  int ignored_ = 0;
#endif
};

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_CANCELLATION_SHIELD_H_
