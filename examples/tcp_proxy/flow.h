#ifndef EXAMPLES_TCP_PROXY_FLOW_H_
#define EXAMPLES_TCP_PROXY_FLOW_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "event/handle.h"
#include "examples/tcp_proxy/buffer.h"

namespace examples {
namespace proxy {

// One direction of a tunnel: what comes from one socket, the source, goes to
// the other, the sink.
//
//   source --Read--> buffer --Write--> sink
//
// Back-pressure: while the buffer is full, `wants_to_read` is false, and the
// tunnel does not ask for the source. Its data then waits in the kernel, which
// lets TCP's window close: in the end the sender itself has to wait.
//
// Half-close: the end of the source's stream is passed on when all that came
// before it has left. The other direction knows nothing of it.
class Flow {
 public:
  explicit Flow(std::size_t capacity) : buffer_(capacity) {}

  // Whether to ask for the source to become readable, the sink writable.
  bool wants_to_read() const { return !at_end_ && buffer_.wants_more(); }
  bool wants_to_write() const { return !buffer_.empty(); }

  // Each makes one system call at most. There is no need to repeat it until it
  // would block: what is left is reported again, as the sockets are registered
  // level-triggered. False if the connection is broken.
  [[nodiscard]] bool Read(event_selector::Handle source);
  [[nodiscard]] bool Write(event_selector::Handle sink);

  // The end of the stream is passed on: there is nothing left to do.
  bool finished() const { return finished_; }

  // Gives up what is read and not passed on yet.
  std::string TakeRest();

  std::uint64_t bytes() const { return bytes_; }

 private:
  Buffer buffer_;
  bool at_end_ = false;
  bool finished_ = false;
  std::uint64_t bytes_ = 0;
};

}  // namespace proxy
}  // namespace examples

#endif  // EXAMPLES_TCP_PROXY_FLOW_H_
