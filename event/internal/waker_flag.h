#ifndef EVENT_INTERNAL_WAKER_FLAG_H_
#define EVENT_INTERNAL_WAKER_FLAG_H_

#include <atomic>
#include <cerrno>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"

namespace event_selector {
namespace internal {

// What every waker has in front of its system call: whether a wake-up is on its
// way already.
//
//             Wake: pending := true              the system, to one Wait
//   [ idle ] -----------------------> [ signal ] -----------------------.
//      ^                                                                 |
//      '------- Acknowledge: pending := false <----- [ signal fetched ] <'
//
// While it is pending, further calls of `Wake` leave it to the signal that is
// on its way: the `Wait` that fetches it has not returned yet. Both sides
// exchange the flag, so each reads what is last in its modification order. If
// `Wake` comes second it finds false, and signals. If `Acknowledge` does, it
// acquires what every `Wake` since the last one released, also those that
// joined: an exchange continues the release sequence. So `Wake` must release
// and `Acknowledge` acquire, after the signal is fetched and the last place is
// filled. Of the system only this is asked: an exchange before a signal comes
// before one that follows the wait that reports this signal.
//
// The exchanges are sequentially consistent, which costs nothing more, for
// poll(2), where nothing is on its way to a `Wait` that has not begun: see
// PollSelector::Wake.
//
// A signal that fails takes along the calls that relied on it.
//
// tests/waker_model/model_test.cc checks all interleavings of two wakers and
// two waiters: change its steps together with these.
//
// Thread-safe and async-signal-safe.
class WakerFlag {
 public:
  // Calls `signal`, which tells the system and returns false if that refuses,
  // unless a wake-up is on its way. False if it refuses. Keeps errno.
  template <typename Signal>
  bool Wake(const Signal& signal) {
    return ABSL_PREDICT_TRUE(
               pending_.exchange(true, std::memory_order_seq_cst)) ||
           Send(signal);
  }

  // To be called by the `Wait` that fetched a signal, just before it returns.
  // False if no call of `Wake` is behind it, which is then to be ignored.
  bool Acknowledge() {
    return pending_.exchange(false, std::memory_order_seq_cst);
  }

  // Whether a wake-up is on its way.
  bool is_pending() const { return pending_.load(std::memory_order_seq_cst); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free,
                "Wake is called from signal handlers");

  template <typename Signal>
  ABSL_ATTRIBUTE_NOINLINE bool Send(const Signal& signal) {
    const int saved_errno = errno;
    const bool is_sent = signal();
    errno = saved_errno;
    if (!is_sent) pending_.store(false, std::memory_order_seq_cst);
    return is_sent;
  }

  std::atomic<bool> pending_{false};
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_WAKER_FLAG_H_
