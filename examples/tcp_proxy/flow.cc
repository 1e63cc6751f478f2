#include "examples/tcp_proxy/flow.h"

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "event/handle.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace proxy {

bool Flow::Read(event_selector::Handle source) {
  if (!wants_to_read()) return true;
  const absl::Span<char> free = buffer_.Free();
  const std::ptrdiff_t received = Receive(source, free.data(), free.size());
  if (received > 0) buffer_.Added(static_cast<std::size_t>(received));
  if (received == 0) at_end_ = true;
  return received != kBroken;
}

bool Flow::Write(event_selector::Handle sink) {
  if (!buffer_.empty()) {
    const absl::string_view data = buffer_.data();
    const std::ptrdiff_t sent = Send(sink, data.data(), data.size());
    if (sent == kBroken) return false;
    if (sent != kWouldBlock) {
      bytes_ += static_cast<std::uint64_t>(sent);
      buffer_.Removed(static_cast<std::size_t>(sent));
    }
  }
  if (at_end_ && buffer_.empty() && !finished_) {
    FinishSending(sink);
    finished_ = true;
  }
  return true;
}

std::string Flow::TakeRest() {
  std::string rest(buffer_.data());
  buffer_.Removed(rest.size());
  return rest;
}

}  // namespace proxy
}  // namespace examples
