#ifndef EXAMPLES_COMMON_LINGERING_CLOSE_H_
#define EXAMPLES_COMMON_LINGERING_CLOSE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"
#include "event/token.h"
#include "examples/common/descriptor.h"
#include "examples/common/output_queue.h"

namespace examples {

// Closes connections so that what was sent to the peer arrives.
//
// To close a socket that has unread input, or that is sent more later, resets
// the connection. The reset takes away what the kernel has not sent yet, and
// may take away what the peer has not read yet. So a connection that ends while
// its peer may still be sending is ended in three steps:
//   1. what is unsent is sent, and after it the end of the stream;
//   2. what still comes is read and thrown away, until the peer ends its own
//      stream;
//   3. only then the socket is closed.
// Peers that never end are given up: after `Limits::quiet` in which nothing
// came (a peer that sends nothing has nothing to be reset for), and in any case
// after `Limits::total`.
//
// The loop:
//
//   while (...) {
//     selector.Wait(events, closing.Timeout());
//     for (each event) {
//       if (closing.Handle(event)) continue;
//       ...                               // closing.Add(std::move(socket));
//     }
//     if (closing.CloseDue()) ...         // There are descriptors again.
//   }
//   closing.Drain();                      // And the program may end.
//
// Thread-compatible.
class LingeringClose {
 public:
  struct Limits {
    std::chrono::nanoseconds quiet = std::chrono::milliseconds(500);
    std::chrono::nanoseconds total = std::chrono::seconds(5);
  };
  // What begins here is the object's: tokens that no TokenMap gives out.
  static constexpr std::uint64_t kFirstToken = std::uint64_t{1} << 31;

  // `selector` must outlive this object.
  explicit LingeringClose(event_selector::Selector& selector)
      : LingeringClose(selector, Limits()) {}
  LingeringClose(event_selector::Selector& selector, const Limits& limits)
      : selector_(selector), limits_(limits) {}
  LingeringClose(const LingeringClose&) = delete;
  LingeringClose& operator=(const LingeringClose&) = delete;

  // Takes a connection over, which must not be registered any more. `unsent` is
  // sent before the end of the stream.
  void Add(Descriptor socket, absl::string_view unsent = "");

  // Serves `event` if it is of one of the connections. Returns whether it is.
  bool Handle(const event_selector::Event& event);

  // How long the loop may wait.
  absl::Duration Timeout();
  // Closes those whose time is up. Returns whether any connection was closed
  // since the last call. To be called after the events of a wait.
  bool CloseDue();

  // Waits until all are closed, by their peers or by the limits. Nothing else
  // should be registered any more: its events are not looked at.
  void Drain();

  std::size_t size() const { return connections_.size(); }

 private:
  struct Connection {
    Descriptor socket;
    // Ends before the socket is closed.
    event_selector::ScopedRegistration registration;
    OutputQueue unsent;
    bool peer_has_finished = false;
    event_selector::Interest interest;  // What it is registered for.
    std::chrono::nanoseconds give_up{};
    event_selector::TimerId timer;
  };

  // Each returns false if the connection is to be closed.
  bool SendSome(Connection& connection);
  bool ReceiveSome(Connection& connection);
  // Says what it waits for, and for how long.
  bool Settle(std::uint64_t token, Connection& connection);
  void Close(std::uint64_t token);

  event_selector::Selector& selector_;
  const Limits limits_;
  std::uint64_t next_token_ = kFirstToken;
  absl::flat_hash_map<std::uint64_t, Connection> connections_;
  event_selector::TimerQueue<std::uint64_t> timers_;
  bool has_closed_ = false;
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_LINGERING_CLOSE_H_
