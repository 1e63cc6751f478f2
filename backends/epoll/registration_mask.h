#ifndef BACKENDS_EPOLL_REGISTRATION_MASK_H_
#define BACKENDS_EPOLL_REGISTRATION_MASK_H_

#include <cstdint>

#include "backends/epoll/epoll_events.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {
namespace epoll {

// The interest and the mode of a registration in one byte: the mode, which is
// the upper four bits of epoll's, above the interest, whose one bit outside of
// the lowest three moves to the fourth.
class RegistrationMask {
 public:
  // No interest, level-triggered.
  constexpr RegistrationMask() = default;
  constexpr RegistrationMask(Interest interest, Mode mode)
      : bits_(static_cast<std::uint8_t>(
            (interest.bits() & kLowInterests.bits()) |
            ((interest.bits() >> kHighInterestShift) & kHighInterest) |
            (mode.bits() >> kModeShift))) {}

  constexpr Interest interest() const {
    return Interest::FromBits((bits_ & kLowInterests.bits()) |
                              (bits_ & kHighInterest) << kHighInterestShift);
  }
  constexpr Mode mode() const {
    return Mode::FromBits((bits_ & kModes) << kModeShift);
  }

  // Whether the mode contains any of `mode`.
  constexpr bool has(Mode mode) const {
    return (bits_ & (mode.bits() >> kModeShift)) != 0;
  }
  constexpr bool has_interest() const { return (bits_ & kInterests) != 0; }
  constexpr RegistrationMask without(Mode mode) const {
    RegistrationMask result;
    result.bits_ =
        static_cast<std::uint8_t>(bits_ & ~(mode.bits() >> kModeShift));
    return result;
  }

  // The `events` of epoll_ctl(2): the same bits, see epoll_events.h.
  constexpr std::uint32_t epoll_events() const {
    return interest().bits() | mode().bits();
  }

  friend constexpr bool operator==(RegistrationMask a, RegistrationMask b) {
    return a.bits_ == b.bits_;
  }
  friend constexpr bool operator!=(RegistrationMask a, RegistrationMask b) {
    return !(a == b);
  }

 private:
  static constexpr Interest kLowInterests =
      Interest::kReadable | Interest::kPriority | Interest::kWritable;
  static constexpr int kHighInterestShift = 10;
  static constexpr std::uint32_t kHighInterest = 0x08;
  static constexpr std::uint32_t kInterests = 0x0f;
  static constexpr int kModeShift = 24;
  static constexpr std::uint32_t kModes = 0xf0;

  static_assert(kLowInterests.bits() == (kInterests & ~kHighInterest));
  static_assert(Interest::kReadClosed.bits() >> kHighInterestShift ==
                kHighInterest);
  static_assert((Mode::kEdge | Mode::kOneshot | Mode::kKeepAwake |
                 Mode::kExclusive)
                    .bits() == kModes << kModeShift);

  std::uint8_t bits_ = 0;
};

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_REGISTRATION_MASK_H_
