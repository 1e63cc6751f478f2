#ifndef EXAMPLES_CHAT_SERVER_OUTBOX_H_
#define EXAMPLES_CHAT_SERVER_OUTBOX_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "event/handle.h"

namespace examples {
namespace chat {

// One copy for all who are to get it: it is freed when the last of them has.
using Message = std::shared_ptr<const std::string>;

// What one client is still to be sent. Bounded: a client that does not receive
// must not fill the memory.
class Outbox {
 public:
  // What is counted for a message besides its bytes, or millions of empty lines
  // would cost nothing.
  static constexpr std::size_t kOverhead = 64;

  explicit Outbox(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // False if there is no room for `message`. An empty outbox has room for any.
  [[nodiscard]] bool Add(const Message& message);

  // Sends until that would block or all is sent. False if the connection is
  // broken.
  [[nodiscard]] bool Send(event_selector::Handle socket);

  // Gives up what is still to be sent.
  std::string TakeRest();

  bool empty() const { return messages_.empty(); }
  std::size_t bytes() const { return bytes_; }

 private:
  static std::size_t Cost(const Message& message) {
    return message->size() + kOverhead;
  }

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;  // The cost of all that is in `messages_`.
  std::deque<Message> messages_;
  std::size_t sent_ = 0;  // Of the first message.
};

}  // namespace chat
}  // namespace examples

#endif  // EXAMPLES_CHAT_SERVER_OUTBOX_H_
