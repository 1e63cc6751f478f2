#ifndef BACKENDS_POLL_POLL_CALL_H_
#define BACKENDS_POLL_POLL_CALL_H_

#include <poll.h>

#include <atomic>

#include "absl/types/span.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace poll {

// poll(2), and ppoll(2) for timeouts finer than a millisecond where the system
// has it. Thread-safe, but for `Open`.
class PollCall {
 public:
  // Finds out what the system can do. To be called first.
  void Open();

  // Fills in the `revents` of `polled` once, after at most what is left of
  // `timeout`: see `WaitTimeout::fits_milliseconds`. How many are not zero, or
  // -1 with errno set: EINTR is not retried.
  int Once(absl::Span<pollfd> polled, const internal::WaitTimeout& timeout);

  // Whether timeouts finer than a millisecond are kept.
  bool has_fine_timeouts() const {
    return has_ppoll_.load(std::memory_order_relaxed);
  }

 private:
  // Becomes false for good once the kernel or a filter refuses ppoll.
  std::atomic<bool> has_ppoll_{false};
};

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_POLL_CALL_H_
