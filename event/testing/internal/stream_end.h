#ifndef EVENT_TESTING_INTERNAL_STREAM_END_H_
#define EVENT_TESTING_INTERNAL_STREAM_END_H_

#include <cerrno>
#include <cstddef>
#include <deque>
#include <limits>
#include <memory>
#include <utility>

#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/internal/byte_queue.h"

namespace event_selector {
namespace testing {
namespace internal {

// One end of a simulated connection: what it knows, and what it is ready for.
// Where systems differ, it does what Linux's TCP does.
struct StreamEnd {
  // What holds for it now.
  Readiness readiness() const {
    if (is_connecting) return Readiness();
    Readiness readiness;
    const bool has_end = peer_has_finished || is_reset;
    if (has_end || !received.empty()) readiness |= Readiness::kReadable;
    if (has_end) readiness |= Readiness::kReadClosed;
    if (has_finished || is_reset || RoomToSend() > 0) {
      readiness |= Readiness::kWritable;
    }
    if (is_reset || is_over()) {
      readiness |= Readiness::kHangup;
    }
    if (error != 0) readiness |= Readiness::kError;
    return readiness;
  }

  // How much the peer can take. Who is gone takes all, and answers with a
  // reset.
  std::size_t RoomToSend() const {
    const std::shared_ptr<const StreamEnd> to = peer.lock();
    if (to == nullptr) return std::numeric_limits<std::size_t>::max();
    const std::size_t unread = to->received.size();
    return unread < to->window ? to->window - unread : 0;
  }

  // The connection ends here and now, for `cause`.
  void Reset(int cause, bool discards_unread) {
    is_reset = true;
    is_connecting = false;
    // As Linux: who has seen the end of the stream learns of the rest only by
    // writing.
    error = peer_has_finished ? EPIPE : cause;
    if (discards_unread) received.Clear();
    peer.reset();
  }

  // Both have said that they send no more: nothing can happen to it any more.
  bool is_over() const { return has_finished && peer_has_finished; }

  int TakeError() { return std::exchange(error, 0); }

  Handle handle = kInvalidHandle;  // None before it is accepted.
  std::weak_ptr<StreamEnd> peer;   // Null after it was closed.
  bool is_programs = false;        // Of the code under test.
  std::size_t window = 0;          // The most bytes in `received`.
  ByteQueue received;              // And not read yet.
  bool is_connecting = false;      // In the queue's queue of a listener.
  bool has_finished = false;       // It sends no more.
  bool peer_has_finished = false;  // All that will ever come is in `received`.
  bool is_reset = false;
  bool resets_when_closed = false;
  int error = 0;  // An errno value, for SO_ERROR or the next call.
};

// A simulated socket that waits for clients.
struct StreamListener {
  std::size_t backlog = 0;
  // Connected, and not accepted yet. At most `backlog`.
  std::deque<std::shared_ptr<StreamEnd>> waiting;
  // Clients that find no room there. Null if they have given up.
  std::deque<std::weak_ptr<StreamEnd>> connecting;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_STREAM_END_H_
