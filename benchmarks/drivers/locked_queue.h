#ifndef BENCHMARKS_DRIVERS_LOCKED_QUEUE_H_
#define BENCHMARKS_DRIVERS_LOCKED_QUEUE_H_

#include <cstdint>
#include <mutex>
#include <vector>

namespace benchmarks {

// The queue that a program puts beside a library which wakes and passes
// nothing.
class LockedQueue {
 public:
  // Returns whether it was empty.
  bool Push(std::uint64_t item) {
    const std::lock_guard<std::mutex> lock(mutex_);
    items_.push_back(item);
    return items_.size() == 1;
  }
  // All items; what `items` had is gone.
  void TakeAll(std::vector<std::uint64_t>& items) {
    items.clear();
    const std::lock_guard<std::mutex> lock(mutex_);
    items.swap(items_);
  }

 private:
  std::mutex mutex_;
  std::vector<std::uint64_t> items_;  // Guarded by `mutex_`.
};

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_LOCKED_QUEUE_H_
