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

// The patience with a client that does not stop after the last answer.
constexpr std::size_t kMaxThrownAway = 1024 * 1024;

}  // namespace

Connection::Connection(Descriptor socket) : socket_(std::move(socket)) {}

bool Connection::Serve(event_selector::Readiness readiness) {
  // Nothing can be sent any more. (Not so if the client has only shut down its
  // sending side: it still wants its answers, and `ReadSome` meets the end.)
  if (readiness.hangup()) return false;
  if (readiness.error() && !SurvivesError(handle())) return false;
  if (output_.empty()) {
    if (!ReadSome()) return false;
    AnswerAll();
  }
  return output_.empty() || WriteSome();
}

bool Connection::ReadSome() {
  char chunk[kBytesPerTurn];
  const std::ptrdiff_t received = Receive(handle(), chunk, sizeof(chunk));
  if (received == kWouldBlock) return true;  // The event was of no use.
  if (received <= 0) return false;
  const auto size = static_cast<std::size_t>(received);
  if (!is_last_) {
    input_.append(chunk, size);
    return true;
  }
  thrown_away_ += size;
  return thrown_away_ <= kMaxThrownAway;
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
      output_ += kAnswer;
    } else {
      AnswerLast(kLastAnswer);
    }
    if (!request.is_head) output_ += kBody;
  }
  input_.erase(0, is_last_ ? input_.size() : input_.size() - rest.size());
  // Thousands of clients are silent at any time; they should cost little.
  if (input_.empty()) input_.shrink_to_fit();
}

void Connection::AnswerLast(const char* answer) {
  output_ += answer;
  is_last_ = true;
}

bool Connection::WriteSome() {
  const std::ptrdiff_t sent = Send(handle(), output_.data(), output_.size());
  if (sent == kWouldBlock) return true;  // The rest after the next kWritable.
  if (sent < 0) return false;
  output_.erase(0, static_cast<std::size_t>(sent));
  if (output_.empty() && is_last_) FinishSending(handle());
  return true;
}

}  // namespace thread_per_core
}  // namespace examples
