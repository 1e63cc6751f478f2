#ifndef EVENT_CAPABILITIES_H_
#define EVENT_CAPABILITIES_H_

#include "absl/time/time.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {

// What a backend supports on the system that it runs on. A call that asks for
// more returns kUnimplemented and changes nothing.
struct Capabilities {
  // The interests that `Selector::Add` and `Modify` accept.
  Interest interests;
  // The modes that `Selector::Add` and `Modify` accept. kLevel is always one of
  // them.
  Mode modes;
  // The unit to which `Selector::Wait` rounds its timeout up. With epoll, it is
  // one nanosecond if the kernel has `epoll_pwait2(2)` (Linux 5.11), else one
  // millisecond.
  absl::Duration timeout_resolution;
  // Whether hang-up and error are reported for a handle that is parked with
  // Interest::kNone.
  bool hangup_without_interest = false;
};

}  // namespace event_selector

#endif  // EVENT_CAPABILITIES_H_
