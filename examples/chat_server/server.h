#ifndef EXAMPLES_CHAT_SERVER_SERVER_H_
#define EXAMPLES_CHAT_SERVER_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "examples/chat_server/line_buffer.h"
#include "examples/chat_server/outbox.h"
#include "examples/chat_server/transcript.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/common/listener.h"
#include "examples/common/stop_signal.h"

namespace examples {
namespace chat {

// The event loop, in one thread: each line of a client goes to all others.
//
// The clients are registered level-triggered, for kReadable always, and for
// kWritable while their outbox is not empty. So what is left unread after one
// call of `recv` is reported again, and every client has its turn.
//
// One socket's input is the output of all others, so sending is put off: an
// event only fills outboxes and notes whose; after the last event of a wait
// each of these is sent once. And nobody is destroyed before that, so that
// nothing that the loop walks over changes meanwhile.
//
// A client that receives too slowly cannot hold up those who send, as in a
// proxy, since that would hold up everybody. It could lose lines, or its
// connection. It loses the connection: a chat with gaps is worse than one that
// has to be entered again, and one can tell.
class Server {
 public:
  struct Limits {
    std::size_t max_line;     // Longer ones become several.
    std::size_t max_backlog;  // Bytes held for a client: see Outbox.
  };
  struct Counts {
    std::uint64_t clients = 0;
    std::uint64_t lines = 0;
    std::uint64_t too_slow = 0;  // Clients that were disconnected for it.
  };

  // `selector` must outlive the server and be used by nobody else, but for
  // `Wake`. So must `transcript`, which gets every line; null: nobody does.
  Server(event_selector::Selector& selector, Listener listener,
         const Limits& limits, Transcript* transcript);

  // Serves until a stop is requested; `stop_signal` wakes the selector then.
  // Call it once.
  absl::Status Run(const StopSignal& stop_signal);

  const Counts& counts() const { return counts_; }

 private:
  struct Client {
    Client(Descriptor socket_in, std::uint64_t number_in, const Limits& limits)
        : socket(std::move(socket_in)),
          number(number_in),
          lines(limits.max_line),
          outbox(limits.max_backlog) {}

    Descriptor socket;
    // Ends before the socket is closed.
    event_selector::ScopedRegistration registration;
    std::uint64_t number;
    LineBuffer lines;
    Outbox outbox;
    // What the selector was told.
    event_selector::Interest interest = event_selector::Interest::kReadable;
    bool to_flush = false;  // Listed in `to_flush_`.
    bool leaving = false;   // Listed in `leaving_`: nothing more is for it.
    bool too_slow = false;
  };

  void Handle(const event_selector::Event& event);
  void AcceptSome();
  void Enter(Descriptor socket);
  // Receives once.
  void Receive(event_selector::Token token, Client& client);
  // What `from` says goes to all others.
  void Say(event_selector::Token from, const Client& speaker,
           const std::string& line);
  void Enqueue(event_selector::Token token, Client& client,
               const Message& message);
  void Leave(event_selector::Token token, Client& client);

  void FlushAll();
  void Flush(event_selector::Token token, Client& client);
  void RemoveLeaving();
  void Close(event_selector::Token token, Client& client);

  event_selector::Selector& selector_;
  Acceptor acceptor_;
  LingeringClose closing_;
  const Limits limits_;
  Transcript* const transcript_;
  event_selector::TokenMap<Client> clients_;
  std::vector<event_selector::Token> to_flush_;
  std::vector<event_selector::Token> leaving_;
  Counts counts_;
};

}  // namespace chat
}  // namespace examples

#endif  // EXAMPLES_CHAT_SERVER_SERVER_H_
