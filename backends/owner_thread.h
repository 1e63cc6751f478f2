#ifndef BACKENDS_OWNER_THREAD_H_
#define BACKENDS_OWNER_THREAD_H_

#include <atomic>
#include <cstdint>

#include "absl/base/optimization.h"

namespace event_selector {
namespace backends {

namespace internal {
// 0 until the thread asks for its number. Initialised by a constant, so that
// the access needs no check and no call.
inline thread_local std::uint64_t thread_number = 0;
std::uint64_t TakeThreadNumber();
}  // namespace internal

// A number above zero of the calling thread, which no other thread of the
// process has, also after this one has ended (as a thread's ID or the address
// of its stack may be). Costs a load and a comparison.
inline std::uint64_t ThreadNumber() {
  const std::uint64_t number = internal::thread_number;
  return ABSL_PREDICT_TRUE(number != 0) ? number : internal::TakeThreadNumber();
}

// The one thread that may use something: whichever claims it first, for good.
// Thread-safe.
class OwnerThread {
 public:
  // Makes the calling thread the owner if there is none. Whether it is.
  bool Claim() {
    if (ABSL_PREDICT_TRUE(IsCaller())) return true;
    std::uint64_t nobody = kNobody;
    return owner_.compare_exchange_strong(nobody, ThreadNumber(),
                                          std::memory_order_relaxed);
  }

  // Whether the calling thread is the owner.
  bool IsCaller() const {
    return owner_.load(std::memory_order_relaxed) == ThreadNumber();
  }

  // Whether another thread is the owner.
  bool IsAnother() const {
    const std::uint64_t owner = owner_.load(std::memory_order_relaxed);
    return ABSL_PREDICT_FALSE(owner != ThreadNumber()) && owner != kNobody;
  }

 private:
  static constexpr std::uint64_t kNobody = 0;

  std::atomic<std::uint64_t> owner_{kNobody};
};

}  // namespace backends
}  // namespace event_selector

#endif  // BACKENDS_OWNER_THREAD_H_
