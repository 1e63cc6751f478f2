#include "examples/echo_server/connection.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/string_view.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace echo {

Connection::Connection(Descriptor socket, std::size_t max_buffer)
    : socket_(std::move(socket)), max_buffer_(max_buffer) {}

event_selector::Interest Connection::awaited() const {
  event_selector::Interest interest;
  if (!can_read_ && !read_all_) {
    interest |= event_selector::Interest::kReadable |
                event_selector::Interest::kReadClosed;
  }
  if (!can_write_) interest |= event_selector::Interest::kWritable;
  return interest;
}

void Connection::Note(event_selector::Readiness readiness) {
  // The end of the stream is read like data: recv returns 0 behind the last
  // byte.
  if (readiness.readable() || readiness.read_closed()) can_read_ = true;
  if (readiness.writable()) can_write_ = true;
  // A peer that has only shut down its sending side (`nc -N`) is not hung up:
  // it still wants its bytes. After a hang-up nothing can be sent, nor after an
  // error, unless it is none.
  if (readiness.hangup() || (readiness.error() && !SurvivesError(handle()))) {
    broken_ = true;
  }
}

Connection::State Connection::Serve() {
  std::size_t turn = kBytesPerTurn;
  while (!broken_) {
    std::size_t moved = 0;
    if (can_read_ && turn > 0 && buffer_.size() < max_buffer_) {
      const std::size_t received =
          Read(std::min(turn, max_buffer_ - buffer_.size()));
      turn -= received;
      moved += received;
    }
    if (can_write_ && !buffer_.empty()) moved += Write();
    if (moved > 0) continue;

    if (read_all_ && buffer_.empty()) return State::kFinished;
    if (broken_) break;
    buffer_.FreeIfEmpty();
    // Stopped by the end of the turn alone, or by something that ends with an
    // event? (A full buffer empties when the socket becomes writable.)
    const bool could_read = can_read_ && buffer_.size() < max_buffer_;
    return could_read ? State::kMoreToDo : State::kWaiting;
  }
  return State::kFinished;
}

std::size_t Connection::Read(std::size_t limit) {
  char chunk[16 * 1024];
  const std::ptrdiff_t received =
      Receive(handle(), chunk, std::min(limit, sizeof(chunk)));
  if (received > 0) {
    const auto size = static_cast<std::size_t>(received);
    buffer_.Append(absl::string_view(chunk, size));
    return size;
  }
  if (received == 0) {
    read_all_ = true;
    can_read_ = false;
  } else if (received == kWouldBlock) {
    // Only this ends reading. To stop at a `recv` that filled less than it was
    // given would save a call, but it also happens before urgent data with more
    // behind it, and no event would tell of that.
    can_read_ = false;
  } else {
    broken_ = true;
  }
  return 0;
}

std::size_t Connection::Write() {
  const std::ptrdiff_t sent =
      Send(handle(), buffer_.data().data(), buffer_.size());
  if (sent >= 0) {
    const auto size = static_cast<std::size_t>(sent);
    buffer_.Remove(size);
    bytes_sent_ += size;
    return size;
  }
  if (sent == kWouldBlock) {
    can_write_ = false;  // The rest goes out after the next kWritable.
  } else {
    broken_ = true;
  }
  return 0;
}

}  // namespace echo
}  // namespace examples
