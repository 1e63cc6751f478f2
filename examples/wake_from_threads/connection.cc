#include "examples/wake_from_threads/connection.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace wake_from_threads {

Connection::Connection(Descriptor socket) : socket_(std::move(socket)) {}

event_selector::Interest Connection::interest() const {
  if (!output_.empty()) return event_selector::Interest::kWritable;
  // Level-triggered, an interest that is not wanted would be reported by every
  // `Wait`: that of a stream that is at its end, or of lines that have to wait.
  if (read_all_ || !may_serve()) return event_selector::Interest::kNone;
  return event_selector::Interest::kReadable;
}

bool Connection::Transfer(event_selector::Readiness readiness) {
  if (readiness.hangup()) return false;
  if (readiness.error() && !SurvivesError(handle())) return false;
  if (readiness.writable() && !Flush()) return false;
  return !readiness.readable() || ReceiveSome();
}

bool Connection::ReceiveSome() {
  char chunk[4096];
  const std::ptrdiff_t received = Receive(handle(), chunk, sizeof(chunk));
  if (received == kWouldBlock) return true;
  if (received < 0) return false;
  if (received == 0) {
    read_all_ = true;
    return true;
  }
  input_.append(chunk, static_cast<std::size_t>(received));
  const std::size_t last_end = input_.rfind('\n');
  const std::size_t begun =
      input_.size() - (last_end == std::string::npos ? 0 : last_end + 1);
  is_too_long_ = begun > kMaxLine;
  return !is_too_long_;
}

std::optional<std::string> Connection::NextLine() {
  const std::size_t end = input_.find('\n');
  if (end == std::string::npos || !may_serve()) return std::nullopt;
  // Some clients (telnet) end lines with CR LF.
  const absl::string_view whole = absl::string_view(input_).substr(0, end);
  std::string line(absl::StripSuffix(whole, "\r"));
  input_.erase(0, end + 1);
  return line;
}

std::uint64_t Connection::BeginJob() {
  ++jobs_;
  return ++last_number_;
}

void Connection::EndJob(std::uint64_t number, absl::string_view text) {
  --jobs_;
  Answer(absl::StrCat(number, ": ", text));
}

void Connection::Answer(absl::string_view line) {
  output_.Append(absl::StrCat(line, "\n"));
}

bool Connection::Flush() {
  if (output_.empty()) return true;
  const std::ptrdiff_t sent =
      Send(handle(), output_.data().data(), output_.size());
  if (sent == kWouldBlock) return true;  // The rest after the next kWritable.
  if (sent < 0) return false;
  output_.Remove(static_cast<std::size_t>(sent));
  return true;
}

bool Connection::is_finished() const {
  return read_all_ && jobs_ == 0 && output_.empty() &&
         input_.find('\n') == std::string::npos;
}

}  // namespace wake_from_threads
}  // namespace examples
