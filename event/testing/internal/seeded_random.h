#ifndef EVENT_TESTING_INTERNAL_SEEDED_RANDOM_H_
#define EVENT_TESTING_INTERNAL_SEEDED_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

namespace event_selector {
namespace testing {
namespace internal {

// Choices from a seed, the same on every system: the standard fixes the numbers
// of std::mt19937_64, but not what its distributions and std::shuffle make of
// them. Thread-compatible.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

  // From 0 up to `limit`, which is above 0, and not `limit` itself.
  std::size_t Below(std::size_t limit) {
    return static_cast<std::size_t>(engine_() % limit);
  }

  // From 0 up to 1, and not 1 itself.
  double Fraction() {
    return static_cast<double>(engine_() >> 11) / (std::uint64_t{1} << 53);
  }

  // True this often: 0 for never, 1 for always. Takes no number from the
  // sequence for never, so that what is switched off changes nothing else.
  bool Chance(double probability) {
    return probability > 0 && Fraction() < probability;
  }

  // Brings the `size` elements from `first` on into another order.
  template <typename Iterator>
  void Shuffle(Iterator first, std::size_t size) {
    using std::swap;
    for (std::size_t left = size; left > 1; --left) {
      swap(first[left - 1], first[Below(left)]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_SEEDED_RANDOM_H_
