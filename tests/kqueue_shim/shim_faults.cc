#include "tests/kqueue_shim/shim_faults.h"

#include <sys/event.h>
#include <time.h>

#include <cerrno>
#include <utility>

#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {
namespace {

thread_local KqueueFaults* installed_faults = nullptr;
// The calls that happen at a moment are not in question themselves.
thread_local bool is_at_moment = false;

bool IsInForce() { return installed_faults != nullptr && !is_at_moment; }

// Whether this one is to fail, of which there was one more.
bool IsRefused(KqueueFaults::Refusal& refusal) {
  if (refusal.error == 0 || refusal.has_failed || refusal.passing-- > 0) {
    return false;
  }
  refusal.has_failed = true;
  return true;
}

}  // namespace

KqueueFaults* InstalledFaults() {
  return IsInForce() ? installed_faults : nullptr;
}

void PassMoment() {
  if (!IsInForce() || installed_faults->at_each_moment == nullptr) return;
  const int error = errno;
  is_at_moment = true;
  installed_faults->at_each_moment();
  is_at_moment = false;
  errno = error;
}

int BeginCall(int changes, int room, const timespec* timeout) {
  if (!IsInForce()) return 0;
  KqueueFaults& faults = *installed_faults;
  if (faults.is_recording) {
    faults.calls.push_back({changes, room, timeout != nullptr,
                            timeout == nullptr ? timespec() : *timeout});
  }
  return IsRefused(faults.refused_call) ? faults.refused_call.error : 0;
}

int ErrorOfChange(const struct kevent& change) {
  if (!IsInForce()) return 0;
  KqueueFaults& faults = *installed_faults;
  if (IsRefused(faults.refused_change)) return faults.refused_change.error;
  constexpr unsigned kActions = EV_ADD | EV_DELETE | EV_ENABLE | EV_DISABLE;
  auto& failing = faults.failing_change;
  const bool is_meant = failing.action == 0
                            ? (change.flags & kActions) == 0
                            : (change.flags & failing.action) != 0;
  if (failing.times == 0 || failing.filter != change.filter || !is_meant) {
    return 0;
  }
  --failing.times;
  return failing.error;
}

bool TakeOne(int KqueueFaults::*counter) {
  if (!IsInForce() || installed_faults->*counter == 0) return false;
  --(installed_faults->*counter);
  return true;
}

void AddStrayError(struct kevent* events, int room, int& count) {
  if (count <= 0 || count == room) return;
  if (!TakeOne(&KqueueFaults::stray_errors)) return;
  const int middle = count / 2;
  for (int i = count; i > middle; --i) events[i] = events[i - 1];
  events[middle].flags = EV_ERROR;
  events[middle].data = ENOENT;
  ++count;
}

ScopedKqueueFaults::ScopedKqueueFaults(KqueueFaults& faults)
    : before_(std::exchange(installed_faults, &faults)) {}

ScopedKqueueFaults::~ScopedKqueueFaults() { installed_faults = before_; }

}  // namespace testing
}  // namespace event_selector
