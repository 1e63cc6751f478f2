#ifndef EXAMPLES_CHAT_SERVER_TRANSCRIPT_H_
#define EXAMPLES_CHAT_SERVER_TRANSCRIPT_H_

#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "event/mailbox.h"
#include "event/selector.h"
#include "examples/chat_server/outbox.h"

namespace examples {
namespace chat {

// Writes what is said to a file, in a thread of its own: a disk may take long,
// and the chat must not wait for it. A `Mailbox` brings the messages there. The
// thread sleeps in the `Wait` of a selector that watches nothing, since that is
// what a mailbox wakes; if it had sockets, they would be served there, too.
class Transcript {
 public:
  // Adds to the end of the file `path`, or makes it. kUnavailable if that
  // cannot be opened, kResourceExhausted if there is no thread left.
  static absl::StatusOr<std::unique_ptr<Transcript>> Open(
      const std::string& path);
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;
  // Writes the rest before it returns.
  ~Transcript();

  // Never waits for the disk.
  void Add(Message message);

 private:
  Transcript(std::ofstream file,
             std::unique_ptr<event_selector::Selector> selector)
      : file_(std::move(file)), selector_(std::move(selector)) {}

  // What the thread runs.
  void WriteAll();

  std::ofstream file_;
  const std::unique_ptr<event_selector::Selector> selector_;
  event_selector::Mailbox<Message> mailbox_{*selector_};
  std::thread thread_;  // Last: it uses the others from its start.
};

}  // namespace chat
}  // namespace examples

#endif  // EXAMPLES_CHAT_SERVER_TRANSCRIPT_H_
