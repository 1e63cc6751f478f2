#ifndef TESTS_WAKER_MODEL_STATE_H_
#define TESTS_WAKER_MODEL_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "tests/waker_model/kernel.h"
#include "tests/waker_model/machine.h"
#include "tests/waker_model/memory.h"

// A state of the model: where each thread stands, the memory between them, and
// the account of what the waker owes.
namespace event_selector {
namespace testing {
namespace waker_model {

// The bits of a View: the data that each call of `Wake` hands over, two calls
// for each waker, and the store of `token_is_shared`.
constexpr View DataOf(std::size_t waker, int calls_left) {
  return static_cast<View>(1 << (2 * waker + (calls_left == 1 ? 0 : 1)));
}
inline constexpr View kAllData = 0xf;
inline constexpr View kSharedBit = 1 << 4;

// Where a thread stands: the step it does next.
enum class WakerAt : std::uint8_t {
  kCall,
  kExchange,
  kStore,
  kWrite,
  kRead,
  kFailed
};
enum class WaiterAt : std::uint8_t {
  kCall,
  kWait,
  kFetched,
  kClassify,
  kLastPlace,
  kClassifyLast,
  kAcknowledge,
  kAcknowledgeByStore,
  kEnded,
};
enum class MoverAt : std::uint8_t {
  kCall,
  kWatch,
  kDrain,
  kLook,
  kRearm,
  kAdd,
  kPublish,
  kDelete,
  kEnded
};
enum class CloserAt : std::uint8_t {
  kMark,
  kLock,
  kWrite,
  kRead,
  kModify,
  kEnded
};

struct Waker {
  WakerAt at = WakerAt::kCall;
  std::uint8_t calls_left = 0;
  View view = 0;
};

struct Waiter {
  WaiterAt at = WaiterAt::kCall;
  Sources fetched = 0;  // By this `Wait`, and not yet known for what it is.
  Sources events = 0;   // What this `Wait` is to return.
  std::uint8_t is_full = 0;
  std::uint8_t is_asked_for = 0;  // Acknowledged already (a defect).
  View view = 0;
};

struct State {
  Kernel kernel;
  Atomic pending;
  Flag token_is_shared;
  // Set for good by `Close`. Nothing that the threads see makes them see it, so
  // whoever reads it may also find the selector open.
  std::uint8_t is_closed = 0;
  std::array<Waker, 2> wakers;
  std::array<Waiter, 2> waiters;
  MoverAt mover = MoverAt::kEnded;
  CloserAt closer = CloserAt::kEnded;
  std::uint8_t mutex_is_held = 0;
  std::uint8_t user_events_left = 0;
  std::uint8_t spurious_writes_left = 0;

  // What the claims are about, unknown to the threads. `owed`: the data of the
  // calls of `Wake` that returned success; `seen`: what the threads that
  // returned from `Wait` could see by then.
  View owed = 0;
  View seen = 0;
  std::uint8_t user_event_is_owed = 0;
  // Calls of `Wake`, less returns without an event.
  std::uint8_t calls_unanswered = 0;
  // The data of those that relied on the write of the waker `leader`.
  std::uint8_t leader = 0;
  View joined = 0;
};
static_assert(std::has_unique_object_representations_v<State>,
              "compared and hashed by its bytes");

State InitialState(const Machine& machine);

// One line, for people.
std::string ToString(const State& state);

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_STATE_H_
