#ifndef EVENT_INTERNAL_PLAIN_LIFE_H_
#define EVENT_INTERNAL_PLAIN_LIFE_H_

#include <atomic>

#include "absl/status/status.h"
#include "event/internal/selector_errors.h"

namespace event_selector {
namespace internal {

// How long a selector can be used, where no process is forked: until
// `Selector::Close`. Thread-safe; all but `WhyOver` allocates nothing.
// (posix::SelectorLife is the one for systems with fork.)
class PlainLife {
 public:
  // Acquires what the thread that closed it did before.
  bool IsUsable() const { return !is_closed_.load(std::memory_order_acquire); }

  // The error of every call while `IsUsable` is false.
  absl::Status WhyOver() const { return ClosedError(); }
  // The same without a message.
  absl::Status WhyOverInBrief() const {
    return absl::Status(absl::StatusCode::kCancelled, "");
  }

  // Ends it. False if it was closed already.
  bool Close() { return !is_closed_.exchange(true, std::memory_order_acq_rel); }

  bool IsInItsProcess() const { return true; }

 private:
  std::atomic<bool> is_closed_{false};
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_PLAIN_LIFE_H_
