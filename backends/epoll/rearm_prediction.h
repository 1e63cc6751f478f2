#ifndef BACKENDS_EPOLL_REARM_PREDICTION_H_
#define BACKENDS_EPOLL_REARM_PREDICTION_H_

#include <cstdint>

namespace event_selector {
namespace epoll {

// Foretells, for one oneshot registration, whether the next re-arm will come in
// time: after the event, and before the next `Wait`.
//
//                  kNeeded[doubt] re-arms in time in a row
//                 .---------------------------------------.
//                 |                                       v
//   start --> [ not expected ]                       [ expected ]
//               |   ^   ^                              |   |   ^
//               '---'   '------------------------------'   '---'
//            one late:     found ready while disarmed:   kTrust in time:
//          counts anew              doubt + 1              doubt - 1
//
// To be wrong costs two or three system calls more than to expect nothing, so
// who was wrong needs more evidence the next time: whatever the sequence of
// re-arms, there is no more than one mistake for 31 of them, after the first
// few.
// A late re-arm while one is expected is no mistake: if the handle was not
// found ready meanwhile, it cost nothing.
//
// One byte, and a value type.
class RearmPrediction {
 public:
  RearmPrediction() : is_expected_(0), doubt_(0), streak_(0) {}

  // Whether the next re-arm is expected to come in time.
  bool is_expected() const { return is_expected_ != 0; }

  // The registration was re-armed.
  void Rearmed(bool in_time) {
    if (!in_time) {
      streak_ = 0;
      return;
    }
    ++streak_;
    if (streak_ < (is_expected() ? kTrust : kNeeded[doubt_])) return;
    streak_ = 0;
    if (!is_expected()) {
      is_expected_ = 1;
    } else if (doubt_ > 0) {
      --doubt_;
    }
  }

  // A re-arm was expected, but the registration was found ready before it came.
  void Failed() {
    is_expected_ = 0;
    streak_ = 0;
    if (doubt_ < kMaxDoubt) ++doubt_;
  }

  // How many re-arms in time it takes to expect the next one, by the number of
  // mistakes that are not forgotten.
  static constexpr int kMaxDoubt = 2;
  static constexpr int kNeeded[kMaxDoubt + 1] = {2, 8, 31};
  // How many make it forget a mistake.
  static constexpr int kTrust = 31;

 private:
  std::uint8_t is_expected_ : 1;
  std::uint8_t doubt_ : 2;
  std::uint8_t streak_ : 5;
};

static_assert(sizeof(RearmPrediction) == 1, "one for each registration");

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_REARM_PREDICTION_H_
