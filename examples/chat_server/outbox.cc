#include "examples/chat_server/outbox.h"

#include <cstddef>
#include <string>

#include "event/handle.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace chat {

bool Outbox::Add(const Message& message) {
  if (!empty() && bytes_ + Cost(message) > max_bytes_) return false;
  messages_.push_back(message);
  bytes_ += Cost(message);
  return true;
}

bool Outbox::Send(event_selector::Handle socket) {
  while (!messages_.empty()) {
    const Message& first = messages_.front();
    const std::ptrdiff_t sent =
        examples::Send(socket, first->data() + sent_, first->size() - sent_);
    if (sent == kWouldBlock) return true;
    if (sent == kBroken) return false;
    sent_ += static_cast<std::size_t>(sent);
    if (sent_ < first->size()) continue;
    bytes_ -= Cost(first);
    messages_.pop_front();
    sent_ = 0;
  }
  return true;
}

std::string Outbox::TakeRest() {
  std::string rest;
  for (const Message& message : messages_) rest += *message;
  rest.erase(0, sent_);
  messages_.clear();
  bytes_ = sent_ = 0;
  return rest;
}

}  // namespace chat
}  // namespace examples
