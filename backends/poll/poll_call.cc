#include "backends/poll/poll_call.h"

#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "absl/types/span.h"
#include "backends/posix/call_timeout.h"

namespace event_selector {
namespace poll {
namespace {

// POSIX has it since 2024; Linux since 2.6.16. macOS has none.
#if defined(__linux__) || defined(__FreeBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__) || _POSIX_VERSION >= 202405L

constexpr bool kHasPpoll = true;

int Ppoll(absl::Span<pollfd> polled, std::int64_t timeout_ns) {
  timespec timeout = {};
  timeout.tv_sec =
      static_cast<time_t>(timeout_ns / posix::kNanosecondsPerSecond);
  timeout.tv_nsec =
      static_cast<long>(timeout_ns % posix::kNanosecondsPerSecond);
  return ::ppoll(polled.data(), static_cast<nfds_t>(polled.size()), &timeout,
                 nullptr);
}

#else

constexpr bool kHasPpoll = false;

int Ppoll(absl::Span<pollfd>, std::int64_t) {
  errno = ENOSYS;
  return -1;
}

#endif

}  // namespace

void PollCall::Open() {
  const bool is_there =
      kHasPpoll && (Ppoll({}, 0) >= 0 || !posix::IsMissingSystemCall(errno));
  has_ppoll_.store(is_there, std::memory_order_relaxed);
}

int PollCall::Once(absl::Span<pollfd> polled, std::int64_t timeout_ns) {
  if (timeout_ns > 0 && posix::IsFine(timeout_ns) && has_fine_timeouts()) {
    const int count = Ppoll(polled, timeout_ns);
    if (count >= 0 || !posix::IsMissingSystemCall(errno)) return count;
    has_ppoll_.store(false, std::memory_order_relaxed);
  }
  const int timeout_ms = timeout_ns > 0   ? posix::ToMilliseconds(timeout_ns)
                         : timeout_ns < 0 ? -1
                                          : 0;
  return ::poll(polled.data(), static_cast<nfds_t>(polled.size()), timeout_ms);
}

}  // namespace poll
}  // namespace event_selector
