#ifndef EVENT_TESTING_INTERNAL_STANDSTILL_H_
#define EVENT_TESTING_INTERNAL_STANDSTILL_H_

#include <cstddef>
#include <cstdint>

namespace event_selector {
namespace testing {
namespace internal {

// Counts the waits that have returned while nothing moved, and says when they
// are too many. Thread-compatible.
class Standstill {
 public:
  // The limit of the waits between two moves.
  explicit Standstill(std::size_t most) : most_(most) {}

  // Counts one. Returns false if it is one too many. `move` is a number that
  // changes whenever something moves: the clock, for example.
  bool Count(std::int64_t move) {
    if (move != move_) {
      move_ = move;
      count_ = 0;
    }
    if (count_ >= most_) return false;
    ++count_;
    return true;
  }

  std::size_t most() const { return most_; }

 private:
  const std::size_t most_;
  std::size_t count_ = 0;
  std::int64_t move_ = 0;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_STANDSTILL_H_
