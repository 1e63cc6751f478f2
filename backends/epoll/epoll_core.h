#ifndef BACKENDS_EPOLL_EPOLL_CORE_H_
#define BACKENDS_EPOLL_EPOLL_CORE_H_

#include <sys/epoll.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "backends/epoll/epoll_queue.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/capabilities.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/registration_rules.h"
#include "event/mode.h"

namespace event_selector {
namespace epoll {

// What every selector over epoll is made of: the kernel's queue, and the waker
// in it. Thread-safe, but for `Open`.
class EpollCore {
 public:
  static constexpr absl::string_view kName = "epoll";

  // Must succeed before anything else is called. Errors: kResourceExhausted,
  // kUnimplemented (a kernel without epoll).
  absl::Status Open();

  // What epoll supports, on every system.
  static constexpr Capabilities kAllCapabilities = {
      /*interests=*/internal::kEveryInterest,
      /*modes=*/internal::kEveryMode,
      /*timeout_resolution=*/absl::Nanoseconds(1),
      /*hangup_without_interest=*/true};
  // What it supports on this one.
  Capabilities capabilities() const {
    Capabilities capabilities = kAllCapabilities;
    if (!queue_.has_fine_timeouts()) {
      capabilities.timeout_resolution = absl::Milliseconds(1);
    }
    return capabilities;
  }

  // Whether `CheckRegistration` has nothing to say, by a glance that misses
  // only Mode::kExclusive.
  static bool IsOrdinary(Interest interest, Mode mode) {
    return internal::IsOrdinary(kAllCapabilities, interest, mode);
  }
  // The rules for the arguments of `Add` and `Modify`; `operation` is
  // EPOLL_CTL_ADD or EPOLL_CTL_MOD.
  static absl::Status CheckRegistration(int operation, Interest interest,
                                        Mode mode);

  // What a failed epoll_ctl(2) on `handle` with these `events` means to the
  // caller; `error` is its errno. May ask the kernel further.
  absl::Status ControlError(int operation, Handle handle, std::uint32_t events,
                            int error) const;

  const EpollQueue& queue() const { return queue_; }
  const EventfdWaker& waker() const { return waker_; }
  EventfdWaker& waker() { return waker_; }

 private:
  absl::Status InvalidError(int operation, Handle handle,
                            std::uint32_t events) const;

  EpollQueue queue_;
  EventfdWaker waker_;  // Behind `queue_`, which it uses.
};

inline absl::Status EpollCore::CheckRegistration(int operation,
                                                 Interest interest, Mode mode) {
  return internal::CheckRegistration(kName, kAllCapabilities,
                                     operation == EPOLL_CTL_ADD
                                         ? internal::RegistrationCall::kAdd
                                         : internal::RegistrationCall::kModify,
                                     interest, mode);
}

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EPOLL_CORE_H_
