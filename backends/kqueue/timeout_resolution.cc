#include "backends/kqueue/timeout_resolution.h"

#include "absl/time/time.h"

#if defined(__NetBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
#include <sys/types.h>
// After <sys/types.h>, which it needs.
#include <sys/sysctl.h>
#include <sys/time.h>

#include <cstddef>
#endif

namespace event_selector {
namespace kqueue {
namespace {

int TicksOfTheSystem() {
#if defined(__NetBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
  constexpr int kUsualTicks = 100;
  const int name[] = {CTL_KERN, KERN_CLOCKRATE};
  clockinfo rates = {};
  std::size_t size = sizeof(rates);
  return sysctl(name, 2, &rates, &size, nullptr, 0) == 0 && rates.hz > 0
             ? rates.hz
             : kUsualTicks;
#else
  return 0;
#endif
}

}  // namespace

absl::Duration TimeoutResolution() {
  return ResolutionOfTicks(TicksOfTheSystem());
}

absl::Duration ResolutionOfTicks(int ticks) {
  return ticks == 0 ? absl::Nanoseconds(1) : absl::Seconds(1) / ticks;
}

}  // namespace kqueue
}  // namespace event_selector
