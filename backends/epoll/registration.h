#ifndef BACKENDS_EPOLL_REGISTRATION_H_
#define BACKENDS_EPOLL_REGISTRATION_H_

#include <cstdint>

#include "backends/epoll/rearm_prediction.h"
#include "backends/epoll/registration_mask.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {
namespace epoll {

// What RegistrationRecord::held is when the kernel reports nothing.
inline constexpr RegistrationMask kSilence{};

// What a selector that keeps a table knows of a registration, besides its
// token.
struct RegistrationRecord {
  // Different for each registration that the handle's number has had, until it
  // begins anew after 65,536 of them.
  std::uint16_t generation = 0;
  // What the caller asked for.
  RegistrationMask wanted;
  // What the kernel reports: kSilence since an event of EPOLLONESHOT, or since
  // it was told so.
  RegistrationMask held;
  RearmPrediction prediction;
  // Whether there is a registration at all.
  bool is_used : 1;
  // Whether it may be reported: always, but for a spent oneshot one.
  bool is_armed : 1;
  // Whether the kernel's data name the table's entry instead of the token.
  bool is_tagged : 1;
  // Whether the kernel is to be told before the next wait.
  bool is_changed : 1;
  // The last bits of the number of the `Wait` that reported it.
  std::uint8_t reported_by : 4;

  void SetReportedBy(std::uint32_t wait_number) {
    reported_by = wait_number & kLastBits;
  }
  // As far as the last bits tell.
  bool IsReportedBy(std::uint32_t wait_number) const {
    return reported_by == (wait_number & kLastBits);
  }

  RegistrationRecord()
      : is_used(false),
        is_armed(false),
        is_tagged(false),
        is_changed(false),
        reported_by(0) {}

 private:
  static constexpr std::uint32_t kLastBits = 0x0f;
};
static_assert(sizeof(RegistrationRecord) == 6, "one for each descriptor");

// What the kernel is to report, for what the caller wants of `registration`,
// while it is armed, and what is foretold of it.
inline RegistrationMask MaskForKernel(const RegistrationRecord& registration) {
  const RegistrationMask wanted = registration.wanted;
  if (!wanted.has_interest()) {
    return RegistrationMask(Interest::kNone, wanted.mode() | Mode::kEdge);
  }
  if (!wanted.has(Mode::kOneshot)) return wanted;
  // M4: no difference between oneshot with and without edge.
  const RegistrationMask oneshot = wanted.without(Mode::kEdge);
  if (wanted.has(Mode::kKeepAwake) || !registration.prediction.is_expected()) {
    return oneshot;
  }
  return oneshot.without(Mode::kOneshot);
}

// Whether a change from what the kernel holds could be taken back later,
// without ever reaching it. Not if the change itself has to arm something.
inline bool MayComeToNothing(RegistrationMask held, RegistrationMask target) {
  const bool arms = target.has(Mode::kEdge) && target.has_interest();
  return held != kSilence && !arms &&
         !held.has(Mode::kEdge | Mode::kKeepAwake | Mode::kExclusive) &&
         !target.has(Mode::kKeepAwake);
}

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_REGISTRATION_H_
