#ifndef EXAMPLES_TCP_PROXY_BUFFER_H_
#define EXAMPLES_TCP_PROXY_BUFFER_H_

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace examples {
namespace proxy {

// Bytes on their way: received, and not sent on yet. Never more than the
// capacity; while it is empty, it holds no memory, as most connections are
// silent at any time.
class Buffer {
 public:
  // At least 1.
  explicit Buffer(std::size_t capacity) : capacity_(capacity) {}

  bool empty() const { return begin_ == end_; }

  // Whether it is worth receiving more. It is not said at once when a few bytes
  // have left: then they would come in a few bytes at a time, with a system
  // call for each few.
  bool wants_more() const { return end_ - begin_ <= capacity_ / 2; }

  // The free part, to receive into; not empty if `wants_more`.
  absl::Span<char> Free();
  // So many bytes of `Free` are received.
  void Added(std::size_t size) { end_ += size; }

  // What to send.
  absl::string_view data() const {
    return absl::string_view(memory_.get() + begin_, end_ - begin_);
  }
  // So many bytes of `data` are sent.
  void Removed(std::size_t size);

 private:
  std::size_t capacity_;
  std::unique_ptr<char[]> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace proxy
}  // namespace examples

#endif  // EXAMPLES_TCP_PROXY_BUFFER_H_
