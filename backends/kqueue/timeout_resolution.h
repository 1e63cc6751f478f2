#ifndef BACKENDS_KQUEUE_TIMEOUT_RESOLUTION_H_
#define BACKENDS_KQUEUE_TIMEOUT_RESOLUTION_H_

#include "absl/time/time.h"

namespace event_selector {
namespace kqueue {

// What kevent(2) rounds timeouts up to: `Capabilities::timeout_resolution`.
//
// FreeBSD (10 and later) and macOS take nanoseconds. NetBSD counts ticks of the
// system's clock (kern_event.c, tstohz()), and so do, as far as their sources
// tell, OpenBSD (kern_synch.c, tsleep_nsec()) and DragonFly: 100 in a second
// unless the system is set up otherwise. They wait up to one tick longer
// besides, since one has begun already: 1 us took 20 ms.
absl::Duration TimeoutResolution();

// The same for a system that counts `ticks` in a second; 0: that counts none.
absl::Duration ResolutionOfTicks(int ticks);

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_TIMEOUT_RESOLUTION_H_
