#ifndef EVENT_TESTING_INTERNAL_BYTE_QUEUE_H_
#define EVENT_TESTING_INTERNAL_BYTE_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

namespace event_selector {
namespace testing {
namespace internal {

// Bytes in the order in which they came. Thread-compatible.
class ByteQueue {
 public:
  bool empty() const { return size() == 0; }
  std::size_t size() const { return bytes_.size() - begin_; }

  void Append(const char* data, std::size_t size) { bytes_.append(data, size); }

  // Moves up to `most` bytes to `data`: how many.
  std::size_t Take(char* data, std::size_t most) {
    const std::size_t taken = std::min(most, size());
    if (taken > 0) std::memcpy(data, bytes_.data() + begin_, taken);
    begin_ += taken;
    // Now and then: each byte is moved once at most.
    if (begin_ > bytes_.size() / 2) {
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
    return taken;
  }

  void Clear() {
    bytes_.clear();
    begin_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_BYTE_QUEUE_H_
