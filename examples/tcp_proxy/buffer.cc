#include "examples/tcp_proxy/buffer.h"

#include <algorithm>
#include <cstddef>

#include "absl/types/span.h"

namespace examples {
namespace proxy {

absl::Span<char> Buffer::Free() {
  if (memory_ == nullptr) memory_.reset(new char[capacity_]);
  // Only now and then: no more is copied than twice what is received.
  if (begin_ > 0 && capacity_ - end_ <= capacity_ / 4) {
    std::copy(memory_.get() + begin_, memory_.get() + end_, memory_.get());
    end_ -= begin_;
    begin_ = 0;
  }
  return absl::MakeSpan(memory_.get() + end_, capacity_ - end_);
}

void Buffer::Removed(std::size_t size) {
  begin_ += size;
  if (!empty()) return;
  begin_ = end_ = 0;
  memory_.reset();
}

}  // namespace proxy
}  // namespace examples
