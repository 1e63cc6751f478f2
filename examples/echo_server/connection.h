#ifndef EXAMPLES_ECHO_SERVER_CONNECTION_H_
#define EXAMPLES_ECHO_SERVER_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/output_queue.h"

namespace examples {
namespace echo {

// One client: what it sends is sent back to it.
//
// Made for an edge-triggered registration, which reports a change once and
// never repeats itself. So the connection remembers what it was told: from an
// event on, the socket counts as readable (writable) until a call on it would
// block. `Note` takes the reports in, `Serve` does the work.
//
//             +-- Note(readable) --> can_read_ --+
//   selector -+                                  +--> Serve: recv, send
//             +-- Note(writable) --> can_write_ -+
//
// This also makes back-pressure simple. While the buffer is full, `Serve` does
// not read: the client's data waits in the kernel, and TCP stops the client. No
// event will tell of that data again; but `can_read_` is still set, so the
// `Serve` that follows the next kWritable goes on reading by itself.
class Connection {
 public:
  // What to register a connection's socket for, edge-triggered, once.
  static constexpr event_selector::Interest kInterest =
      event_selector::Interest::kReadable |
      event_selector::Interest::kWritable |
      event_selector::Interest::kReadClosed;
  // The most that one `Serve` reads, so that a client that sends without a
  // pause does not keep the server from all others.
  static constexpr std::size_t kBytesPerTurn = 64 * 1024;

  enum class State {
    kWaiting,   // Nothing to do before the next event.
    kMoreToDo,  // Its turn is over, but no event will come: call `Serve` again.
    kFinished,  // Everything is sent back, or nothing can be: close it.
  };

  // `socket` is connected and non-blocking. At most `max_buffer` bytes are held
  // for a client that sends faster than it receives.
  Connection(Descriptor socket, std::size_t max_buffer);

  event_selector::Handle handle() const { return socket_.get(); }

  // What it waits for after `Serve` has returned kWaiting: for a registration
  // that has to be armed again, where there is no edge-triggered mode.
  event_selector::Interest awaited() const;

  // Remembers what an event told.
  void Note(event_selector::Readiness readiness);

  // Reads and writes until both would block, or the turn is over.
  State Serve();

  // Gives up the socket, and what is still to be sent on it.
  Descriptor TakeSocket() { return std::move(socket_); }
  std::string TakeBuffer() { return buffer_.TakeAll(); }

  // Whether the server has this connection on its list of those to serve.
  bool listed() const { return listed_; }
  void set_listed(bool listed) { listed_ = listed; }

  std::size_t buffered() const { return buffer_.size(); }
  std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  // Each makes one system call and returns how many bytes it moved.
  std::size_t Read(std::size_t limit);
  std::size_t Write();

  Descriptor socket_;
  std::size_t max_buffer_;
  OutputQueue buffer_;  // Received, and not sent back yet.
  std::uint64_t bytes_sent_ = 0;
  bool can_read_ = false;
  bool can_write_ = false;
  bool read_all_ = false;  // The client will send no more, and we have it all.
  bool broken_ = false;
  bool listed_ = false;
};

}  // namespace echo
}  // namespace examples

#endif  // EXAMPLES_ECHO_SERVER_CONNECTION_H_
