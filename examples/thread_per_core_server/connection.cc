#include "examples/thread_per_core_server/connection.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/socket_calls.h"
#include "examples/thread_per_core_server/request.h"

namespace examples {
namespace thread_per_core {
namespace {

constexpr char kAnswer[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 6\r\n"
    "\r\n";

constexpr char kLastAnswer[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 6\r\n"
    "Connection: close\r\n"
    "\r\n";

constexpr char kBody[] = "Hello\n";

constexpr char kBadRequest[] =
    "HTTP/1.1 400 Bad Request\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 12\r\n"
    "Connection: close\r\n"
    "\r\n"
    "Bad request\n";

}  // namespace

Connection::Connection(Descriptor socket) : socket_(std::move(socket)) {}

Connection::State Connection::Serve(event_selector::Readiness readiness) {
  // Nothing can be sent any more. (Not so if the client has only shut down its
  // sending side: it still wants its answers, and `ReadSome` meets the end.)
  if (readiness.hangup()) return State::kBroken;
  if (readiness.error() && !SurvivesError(handle())) return State::kBroken;
  if (output_.empty()) {
    if (!ReadSome()) return State::kBroken;
    AnswerAll();
    if (is_last_) return State::kLast;
  }
  const bool goes_on = output_.empty() || WriteSome();
  return goes_on ? State::kOpen : State::kBroken;
}

bool Connection::ReadSome() {
  char chunk[kBytesPerTurn];
  const std::ptrdiff_t received = Receive(handle(), chunk, sizeof(chunk));
  if (received == kWouldBlock) return true;  // The event was of no use.
  if (received <= 0) return false;
  input_.append(chunk, static_cast<std::size_t>(received));
  return true;
}

// There may be several: a client need not wait for one answer before it sends
// its next request. (HTTP calls that pipelining.)
void Connection::AnswerAll() {
  absl::string_view rest = input_;
  while (!is_last_ && !rest.empty()) {
    const Request request = ParseRequest(rest);
    if (request.state == Request::State::kIncomplete) break;
    if (request.state == Request::State::kBad) {
      AnswerLast(kBadRequest);
      break;
    }
    rest.remove_prefix(request.size);
    ++requests_;
    if (request.keep_alive) {
      output_.Append(kAnswer);
    } else {
      AnswerLast(kLastAnswer);
    }
    if (!request.is_head) output_.Append(kBody);
  }
  input_.erase(0, is_last_ ? input_.size() : input_.size() - rest.size());
  // Thousands of clients are silent at any time; they should cost little.
  if (input_.empty()) input_.shrink_to_fit();
}

void Connection::AnswerLast(const char* answer) {
  output_.Append(answer);
  is_last_ = true;
}

bool Connection::WriteSome() {
  const std::ptrdiff_t sent =
      Send(handle(), output_.data().data(), output_.size());
  if (sent == kWouldBlock) return true;  // The rest after the next kWritable.
  if (sent < 0) return false;
  output_.Remove(static_cast<std::size_t>(sent));
  return true;
}

}  // namespace thread_per_core
}  // namespace examples
