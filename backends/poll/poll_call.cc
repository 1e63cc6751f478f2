#include "backends/poll/poll_call.h"

#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "absl/types/span.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/errno_status.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace poll {
namespace {

// POSIX has it since 2024; Linux since 2.6.16. macOS has none.
#if defined(__linux__) || defined(__FreeBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__) || _POSIX_VERSION >= 202405L

constexpr bool kHasPpoll = true;

int Ppoll(absl::Span<pollfd> polled, const internal::WaitTimeout& timeout) {
  const auto time = timeout.ToTimespec<timespec>();
  return ::ppoll(polled.data(), static_cast<nfds_t>(polled.size()), &time,
                 nullptr);
}

#else

constexpr bool kHasPpoll = false;

int Ppoll(absl::Span<pollfd>, const internal::WaitTimeout&) {
  errno = ENOSYS;
  return -1;
}

#endif

}  // namespace

void PollCall::Open() {
  const posix::CancellationShield shield;
  const bool is_there =
      kHasPpoll && (Ppoll({}, internal::WaitTimeout::Zero()) >= 0 ||
                    !posix::IsMissingSystemCall(errno));
  has_ppoll_.store(is_there, std::memory_order_relaxed);
}

int PollCall::Once(absl::Span<pollfd> polled,
                   const internal::WaitTimeout& timeout) {
  if (timeout.is_fine() && has_fine_timeouts()) {
    const int count = Ppoll(polled, timeout);
    if (count >= 0 || !posix::IsMissingSystemCall(errno)) return count;
    has_ppoll_.store(false, std::memory_order_relaxed);
  }
  return ::poll(polled.data(), static_cast<nfds_t>(polled.size()),
                timeout.milliseconds());
}

}  // namespace poll
}  // namespace event_selector
