#ifndef KEY_VALUE_SERVER_CLIENT_H_
#define KEY_VALUE_SERVER_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "descriptor.h"
#include "event/interest.h"
#include "event/scoped_registration.h"
#include "event/timer_id.h"
#include "output_queue.h"

namespace key_value_server {

// One client, as the loop sees it. Level-triggered: what is left undone is
// reported again, if the client asks for it (`WantedInterest`).
struct Client {
  enum class Phase {
    kServing,
    kEnding,  // Nothing is read but to be thrown away. Its output leaves, then
              // its stream ends, and it is closed when its peer has closed, or
              // is given up. So no reply is lost: see README.md.
    kClosed,  // To be erased at the end of the round.
  };

  explicit Client(Descriptor its_socket) : socket(std::move(its_socket)) {}

  // What the registration is to ask for. Not what cannot be served: it would be
  // reported by every wait.
  event_selector::Interest WantedInterest(std::size_t max_output) const {
    event_selector::Interest wanted;
    if (!output.empty()) wanted |= event_selector::Interest::kWritable;
    // Back-pressure: who does not take its replies is not read from.
    const bool may_read = phase == Phase::kEnding || output.size() < max_output;
    if (may_read && !peer_has_finished) {
      wanted |= event_selector::Interest::kReadable;
    }
    return wanted;
  }

  Descriptor socket;
  // Ends before the socket is closed.
  event_selector::ScopedRegistration registration;
  event_selector::Interest interest = event_selector::Interest::kReadable;
  Phase phase = Phase::kServing;
  std::string input;  // Of requests that are not complete, or have to wait.
  bool is_stalled = false;  // They wait until there is room in `output`.
  OutputQueue output;
  bool peer_has_finished = false;
  bool has_finished = false;           // Our stream has ended.
  bool is_listed = false;              // In the server's list.
  event_selector::TimerId timer;       // Idle, or while it ends.
  std::chrono::nanoseconds give_up{};  // While it ends: at the latest.
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_CLIENT_H_
