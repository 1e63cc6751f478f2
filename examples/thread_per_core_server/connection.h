#ifndef EXAMPLES_THREAD_PER_CORE_SERVER_CONNECTION_H_
#define EXAMPLES_THREAD_PER_CORE_SERVER_CONNECTION_H_

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
namespace thread_per_core {

// One client: each of its requests gets the same small answer.
//
// Made for a level-triggered registration: one that is reported by every `Wait`
// as long as there is something to do. So nothing has to be remembered about
// what the socket could do; one call for each event is enough, and what is left
// over comes with the next `Wait`, after all other clients had their turn.
//
// In return, the registration must never ask for what is not wanted now, or the
// loop would be told of it without end. Here that is easy, because the
// connection does one thing at a time:
//
//             +--> awaits kReadable: receives, answers, sends --+
//             |                                                 |
//   all sent -+                      the socket takes no more --+
//             |                                                 |
//             +------- awaits kWritable: sends the rest <-------+
//
// That is also the back-pressure. Who does not receive its answers is not read
// from, and has at most the answers to one buffer of requests waiting here.
class Connection {
 public:
  // What one event reads at most.
  static constexpr std::size_t kBytesPerTurn = 16 * 1024;

  // `socket` is connected and non-blocking.
  explicit Connection(Descriptor socket);

  event_selector::Handle handle() const { return socket_.get(); }

  // What the registration has to ask for now. Looks different after a `Serve`
  // now and then.
  event_selector::Interest interest() const {
    return output_.empty() ? event_selector::Interest::kReadable
                           : event_selector::Interest::kWritable;
  }

  enum class State {
    kOpen,
    kLast,    // The last answer is given. Hand over `TakeSocket` with
              // `TakeOutput` to be closed: the client may still be sending, and
              // to close the socket at once could take the answer away from it
              // (RFC 9112, 9.6).
    kBroken,  // At its end, or broken: close it.
  };
  // Does what an event told of.
  State Serve(event_selector::Readiness readiness);

  Descriptor TakeSocket() { return std::move(socket_); }
  std::string TakeOutput() { return output_.TakeAll(); }

  // The answered requests.
  std::uint64_t requests() const { return requests_; }

 private:
  bool ReadSome();
  void AnswerAll();
  void AnswerLast(const char* answer);
  bool WriteSome();

  Descriptor socket_;
  std::string input_;   // The beginning of a request.
  OutputQueue output_;  // What could not be sent yet.
  std::uint64_t requests_ = 0;
  bool is_last_ = false;  // The last answer is given.
};

}  // namespace thread_per_core
}  // namespace examples

#endif  // EXAMPLES_THREAD_PER_CORE_SERVER_CONNECTION_H_
