#ifndef TESTS_WAKER_MODEL_MEMORY_H_
#define TESTS_WAKER_MODEL_MEMORY_H_

#include <cstdint>

// The memory of the waker's model: what a thread may read, and what it comes to
// see by reading it, as C++ (since C++20) says of atomic objects.
namespace event_selector {
namespace testing {
namespace waker_model {

// What a thread has seen: a bit for each write that the model follows. A write
// happens before all that a thread with its bit does next.
using View = std::uint8_t;

inline void AddTo(View& view, View bits) {
  view = static_cast<View>(view | bits);
}

enum class Order : std::uint8_t { kRelaxed, kAcquire, kRelease, kAcqRel };

constexpr bool Acquires(Order order) {
  return order == Order::kAcquire || order == Order::kAcqRel;
}
constexpr bool Releases(Order order) {
  return order == Order::kRelease || order == Order::kAcqRel;
}

// An atomic bool that is changed by exchanges, and by a plain store now and
// then. Only the end of its modification order counts: an exchange reads what
// is last there, and puts its value right behind it, where nothing can come in
// between any more.
struct Atomic {
  std::uint8_t value = 0;
  // What a thread that acquires the value comes to see.
  View view = 0;
  // Whether a plain store has put the value there, and no exchange read it.
  std::uint8_t is_stored = 0;

  bool Exchange(bool desired, Order order, View& thread) {
    const bool before = value != 0;
    if (Acquires(order)) thread |= view;
    // An exchange continues the release sequence of what it replaces.
    if (Releases(order)) view |= thread;
    value = desired ? 1 : 0;
    is_stored = 0;
    return before;
  }

  void Store(bool desired, Order order, View thread) {
    value = desired ? 1 : 0;
    view = Releases(order) ? thread : View{0};
    is_stored = 1;
  }

  // Only the latest value, though a load may also read an older one: used by
  // the weakened machines, which fail without that, and by the mover, whom an
  // older one does not mislead. Were it false, the write of whoever has set it
  // is still to come; were it true, the mover does too much.
  bool Load(Order order, View& thread) const {
    if (Acquires(order)) thread |= view;
    return value != 0;
  }
};

// An atomic flag that is set once, with release, and read with acquire. A load
// may miss the store, unless the thread has seen it already: `bit` stands for
// the store in its view.
struct Flag {
  std::uint8_t is_set = 0;

  bool MayReadTrue() const { return is_set != 0; }
  bool MayReadFalse(View bit, View thread) const {
    return is_set == 0 || (thread & bit) == 0;
  }
};

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_MEMORY_H_
