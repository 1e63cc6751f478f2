#ifndef EVENT_INTERNAL_OWNER_THREAD_H_
#define EVENT_INTERNAL_OWNER_THREAD_H_

#include <atomic>
#include <cstdint>

#include "absl/base/optimization.h"

namespace event_selector {
namespace internal {

// 0 until the thread asks for its number. Initialised by a constant, so that
// the access needs no check and no call.
//
// Both are inline: two copies of the library in one process (plug-ins) share
// both or neither, as the linker has it. A counter of its own for each copy
// would give two threads one number.
inline thread_local std::uint64_t thread_number = 0;
inline std::atomic<std::uint64_t> last_thread_number{0};
std::uint64_t TakeThreadNumber();

// A number above zero of the calling thread, which no other thread of the
// process has, also after this one has ended (as a thread's ID or the address
// of its stack may be). Costs a load and a comparison.
inline std::uint64_t ThreadNumber() {
  const std::uint64_t number = thread_number;
  return ABSL_PREDICT_TRUE(number != 0) ? number : TakeThreadNumber();
}

// Who may use a selector. Three kinds with the same functions:
//   IsCaller   whether the calling thread may wait, by a glance: false may also
//              mean that it has to claim first;
//   MayClaim   whether `Claim` would succeed;
//   Claim      whether it may wait: it is the owner, or becomes it;
//   MayChange  whether it may change registrations;
//   HandOver   gives the ownership up. False if another thread has it.

// Any thread.
struct AnyThread {
  static constexpr bool IsCaller() { return true; }
  static constexpr bool MayClaim() { return true; }
  static constexpr bool Claim() { return true; }
  static constexpr bool MayChange() { return true; }
  static constexpr bool HandOver() { return true; }
};

// The first thread that claims it, until that one hands it over; then the next
// that claims it or makes a change. Before the first claim, anybody may make
// changes (one at a time: their order is the caller's business).
//
// Thread-safe. What the owner did before it handed over is seen by the next
// one.
class OwnerThread {
 public:
  bool IsCaller() const {
    return owner_.load(std::memory_order_relaxed) == ThreadNumber();
  }

  bool MayClaim() const {
    const std::uint64_t owner = owner_.load(std::memory_order_relaxed);
    return owner == ThreadNumber() || owner == kNobody || owner == kHandedOver;
  }

  bool Claim() {
    if (ABSL_PREDICT_TRUE(IsCaller())) return true;
    return ClaimFrom(kNobody) || ClaimFrom(kHandedOver);
  }

  bool MayChange() {
    const std::uint64_t owner = owner_.load(std::memory_order_relaxed);
    if (ABSL_PREDICT_TRUE(owner == ThreadNumber())) return true;
    return owner == kNobody || ClaimFrom(kHandedOver);
  }

  bool HandOver() {
    if (!IsCaller()) return MayClaim();
    owner_.store(kHandedOver, std::memory_order_release);
    return true;
  }

 private:
  // No thread has these numbers.
  static constexpr std::uint64_t kNobody = 0;
  static constexpr std::uint64_t kHandedOver = ~std::uint64_t{0};

  bool ClaimFrom(std::uint64_t owner) {
    return owner_.compare_exchange_strong(owner, ThreadNumber(),
                                          std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> owner_{kNobody};
};

// An OwnerThread if `SelectorOptions::single_waiter` says so, else any thread.
class OptionalOwner {
 public:
  explicit OptionalOwner(bool is_single_waiter)
      : is_single_waiter_(is_single_waiter) {}

  bool IsCaller() const { return !is_single_waiter_ || owner_.IsCaller(); }
  bool MayClaim() const { return !is_single_waiter_ || owner_.MayClaim(); }
  bool Claim() { return !is_single_waiter_ || owner_.Claim(); }
  bool MayChange() { return !is_single_waiter_ || owner_.MayChange(); }
  bool HandOver() { return !is_single_waiter_ || owner_.HandOver(); }

 private:
  const bool is_single_waiter_;
  OwnerThread owner_;
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_OWNER_THREAD_H_
