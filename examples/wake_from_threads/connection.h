#ifndef EXAMPLES_WAKE_FROM_THREADS_CONNECTION_H_
#define EXAMPLES_WAKE_FROM_THREADS_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/output_queue.h"

namespace examples {
namespace wake_from_threads {

// One client: lines come in, some of them become jobs, answers go out. For a
// level-triggered registration.
//
// Whoever asks faster than it is answered, or than it receives the answers, has
// to wait: then its lines are left where they are, and so it has no more than
// `kMaxJobs` jobs in the queue.
class Connection {
 public:
  static constexpr std::size_t kMaxJobs = 16;
  // A client that sends a longer line is sent away.
  static constexpr std::size_t kMaxLine = 1024;

  // `socket` is connected and non-blocking.
  explicit Connection(Descriptor socket);

  event_selector::Handle handle() const { return socket_.get(); }

  // What the registration has to ask for now: kNone while the client can do
  // nothing but wait for its jobs.
  event_selector::Interest interest() const;

  // Receives or sends as an event told. False if the connection is broken.
  bool Transfer(event_selector::Readiness readiness);

  // The next line, without its end, if there is one and it may be served now.
  std::optional<std::string> NextLine();

  // Numbers a job, and remembers that its answer is owed.
  std::uint64_t BeginJob();
  // The answer to a job: "3: " before `text` tells to which.
  void EndJob(std::uint64_t number, absl::string_view text);

  // Puts a line into the queue of what is to be sent.
  void Answer(absl::string_view line);
  // Sends as much of that as the socket takes. False if it is broken.
  bool Flush();

  // Whether it has sent a line that is too long: it is to be sent away, with
  // what it has been answered. `Transfer` was false.
  bool is_too_long() const { return is_too_long_; }

  Descriptor TakeSocket() { return std::move(socket_); }
  std::string TakeOutput() { return output_.TakeAll(); }

  // Whether all is said: the client has shut down its sending side, and got all
  // that it asked for.
  bool is_finished() const;

 private:
  bool may_serve() const { return output_.empty() && jobs_ < kMaxJobs; }
  bool ReceiveSome();

  Descriptor socket_;
  std::string input_;   // Received, and not served yet.
  OutputQueue output_;  // Not sent yet.
  bool read_all_ = false;
  bool is_too_long_ = false;
  std::size_t jobs_ = 0;  // Begun and not ended.
  std::uint64_t last_number_ = 0;
};

}  // namespace wake_from_threads
}  // namespace examples

#endif  // EXAMPLES_WAKE_FROM_THREADS_CONNECTION_H_
