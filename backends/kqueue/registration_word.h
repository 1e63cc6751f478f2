#ifndef BACKENDS_KQUEUE_REGISTRATION_WORD_H_
#define BACKENDS_KQUEUE_REGISTRATION_WORD_H_

#include <cstdint>

#include "backends/kqueue/system.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {
namespace kqueue {

// All about a registration but its token, in one atomic word, so that a `Wait`
// reads and changes it without a lock:
//
//   31                        13 12           6    5      4    3         0
//   [ generation, the label in  ][   state     ][shot ][edge][  interest  ]
//   [ the udata of its kevents  ][   (State)   ][     ][    ][            ]
//
// A value type.
class RegistrationWord {
 public:
  enum State : std::uint32_t {
    // There is a registration.
    kUsed = 1u << 6,
    // It may be reported: not so for a spent oneshot one.
    kArmed = 1u << 7,
    // The last that was heard of the direction is that it is closed.
    kReadEnded = 1u << 8,
    kWriteEnded = 1u << 9,
    // Of a parked one: its hang-up, its error was reported.
    kHangupTold = 1u << 10,
    kErrorTold = 1u << 11,
    // Of a level-triggered one that is not parked: the filter of a direction
    // that is not asked for reports the end by level now.
    kReadPromoted = kHangupTold,
    kWritePromoted = kErrorTold,
    // No filter of the handle's is to be had: it is a pipe whose other end is
    // closed, and an event of the program's own reports that instead.
    kIsDead = 1u << 12,
  };

  constexpr RegistrationWord() = default;
  explicit constexpr RegistrationWord(std::uint32_t bits) : bits_(bits) {}
  constexpr RegistrationWord(std::uint32_t generation, Interest interest,
                             Mode mode)
      : bits_(generation << kGenerationShift | Pack(interest) |
              (mode.contains(Mode::kEdge) ? kEdge : 0) |
              (mode.contains(Mode::kOneshot) ? kOneshot : 0) | kUsed | kArmed) {
  }

  constexpr std::uint32_t bits() const { return bits_; }
  constexpr std::uint32_t generation() const {
    return bits_ >> kGenerationShift;
  }
  // The generation after this one's. They begin anew after half a million:
  // long after every event of the first is forgotten.
  constexpr std::uint32_t next_generation() const {
    return (generation() + 1) & ((1u << kLabelBits) - 1);
  }

  constexpr bool has(State state) const { return (bits_ & state) == state; }
  constexpr RegistrationWord with(State state) const {
    return RegistrationWord(bits_ | state);
  }
  constexpr RegistrationWord without(State state) const {
    return RegistrationWord(bits_ & ~std::uint32_t{state});
  }
  // The same registration under another generation.
  constexpr RegistrationWord under(std::uint32_t generation) const {
    return RegistrationWord((bits_ & kBelowGeneration) |
                            generation << kGenerationShift);
  }
  // The same with both directions at their end.
  constexpr RegistrationWord with_both_ended() const {
    return with(kReadEnded).with(kWriteEnded);
  }

  constexpr Interest interest() const {
    return Interest::FromBits((bits_ & kLowInterests.bits()) |
                              (bits_ & kHighInterest) << kHighInterestShift);
  }
  constexpr bool wants(Interest interest) const {
    return (bits_ & Pack(interest)) != 0;
  }
  constexpr bool is_parked() const { return (bits_ & kInterests) == 0; }
  constexpr bool is_oneshot() const { return (bits_ & kOneshot) != 0; }
  // M4: oneshot comes before edge.
  constexpr bool is_edge() const {
    return (bits_ & (kOneshot | kEdge)) == kEdge;
  }
  constexpr bool is_level() const { return (bits_ & (kOneshot | kEdge)) == 0; }

  friend constexpr bool operator==(RegistrationWord a, RegistrationWord b) {
    return a.bits_ == b.bits_;
  }
  friend constexpr bool operator!=(RegistrationWord a, RegistrationWord b) {
    return !(a == b);
  }

 private:
  static constexpr Interest kLowInterests =
      Interest::kReadable | Interest::kPriority | Interest::kWritable;
  static constexpr int kHighInterestShift = 10;
  static constexpr std::uint32_t kHighInterest = 0x08;
  static constexpr std::uint32_t kInterests = 0x0f;
  static constexpr std::uint32_t kEdge = 0x10;
  static constexpr std::uint32_t kOneshot = 0x20;
  static constexpr int kGenerationShift = 32 - kLabelBits;
  static constexpr std::uint32_t kBelowGeneration =
      (1u << kGenerationShift) - 1;
  static_assert(kIsDead << 1 == 1u << kGenerationShift);
  static_assert(kLowInterests.bits() == (kInterests & ~kHighInterest));
  static_assert(Interest::kReadClosed.bits() >> kHighInterestShift ==
                kHighInterest);

  static constexpr std::uint32_t Pack(Interest interest) {
    return (interest.bits() & kLowInterests.bits()) |
           ((interest.bits() >> kHighInterestShift) & kHighInterest);
  }

  std::uint32_t bits_ = 0;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_REGISTRATION_WORD_H_
