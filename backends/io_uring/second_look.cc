#include "backends/io_uring/second_look.h"

#include <poll.h>

#include "backends/posix/cancellation_shield.h"
#include "event/readiness.h"

namespace event_selector {
namespace io_uring {

static_assert(POLLIN == Readiness::kReadable.bits() &&
                  POLLOUT == Readiness::kWritable.bits() &&
                  POLLERR == Readiness::kError.bits() &&
                  POLLHUP == Readiness::kHangup.bits() &&
                  POLLRDHUP == Readiness::kReadClosed.bits(),
              "the bits are poll's");

bool SecondLook::Ask() {
  // A thread that ended here would take the events along.
  const posix::CancellationShield shield;
  return poll(polled_.data(), count_, 0) >= 0;
}

}  // namespace io_uring
}  // namespace event_selector
