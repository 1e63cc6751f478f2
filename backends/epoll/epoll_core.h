#ifndef BACKENDS_EPOLL_EPOLL_CORE_H_
#define BACKENDS_EPOLL_EPOLL_CORE_H_

#include <sys/epoll.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "backends/epoll/epoll_queue.h"
#include "backends/epoll/eventfd_waker.h"
#include "backends/posix/selector_life.h"
#include "backends/registration_rules.h"
#include "event/capabilities.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {
namespace epoll {

// What every selector over epoll is made of: the kernel's queue, the waker in
// it, and the end of the selector, by `Close` or by a fork. Thread-safe, but
// for `Open`; `Wake` is async-signal-safe.
class EpollCore {
 public:
  static constexpr absl::string_view kName = "epoll";

  // Must succeed before anything else is called. Errors: kResourceExhausted,
  // kUnimplemented (a kernel without epoll).
  absl::Status Open();

  // Neither closed nor in a forked child, by one comparison.
  bool IsUsable() const { return life_.IsUsable(); }
  // The error of every call while `IsUsable` is false.
  absl::Status WhyUnusable() const { return life_.WhyOver(); }

  // `Selector::Wake` and `Close`.
  absl::Status Wake();
  void Close();

  // What epoll supports, on every system.
  static constexpr Capabilities kAllCapabilities = {
      /*interests=*/backends::kEveryInterest,
      /*modes=*/backends::kEveryMode,
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
    return backends::IsOrdinary(kAllCapabilities, interest, mode);
  }
  // The rules for the arguments of `Add` and `Modify`; `operation` is
  // EPOLL_CTL_ADD or EPOLL_CTL_MOD.
  static absl::Status CheckRegistration(int operation, Interest interest,
                                        Mode mode);

  const EpollQueue& queue() const { return queue_; }
  const EventfdWaker& waker() const { return waker_; }
  EventfdWaker& waker() { return waker_; }

 private:
  posix::SelectorLife life_;
  EpollQueue queue_;
  EventfdWaker waker_;  // Behind `queue_`, which it uses.
};

inline absl::Status EpollCore::CheckRegistration(int operation,
                                                 Interest interest, Mode mode) {
  return backends::CheckRegistration(kName, kAllCapabilities,
                                     operation == EPOLL_CTL_ADD
                                         ? backends::RegistrationCall::kAdd
                                         : backends::RegistrationCall::kModify,
                                     interest, mode);
}

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EPOLL_CORE_H_
