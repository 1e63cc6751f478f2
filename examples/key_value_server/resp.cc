#include "resp.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace key_value_server {
namespace {

using State = ParsedRequest::State;

// The longest "*1024" or "$16777216".
constexpr std::size_t kMaxHeader = 32;

ParsedRequest Bad(const char* error) { return {State::kBad, 0, error}; }

// Takes a line without its end out of `input`. Whether there was a whole one.
bool TakeLine(absl::string_view& input, absl::string_view& line) {
  const std::size_t end = input.find('\n');
  if (end == absl::string_view::npos) return false;
  line = input.substr(0, end);
  input.remove_prefix(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return true;
}

// Takes "*3\r\n" (where `kind` is '*') out of `input`: 3.
State TakeHeader(char kind, absl::string_view& input, std::int64_t& value) {
  if (input.empty()) return State::kIncomplete;
  if (input.front() != kind) return State::kBad;
  absl::string_view line;
  if (!TakeLine(input, line)) {
    return input.size() > kMaxHeader ? State::kBad : State::kIncomplete;
  }
  return absl::SimpleAtoi(line.substr(1), &value) ? State::kComplete
                                                  : State::kBad;
}

ParsedRequest ParseInline(absl::string_view input, const RequestLimits& limits,
                          Arguments& arguments) {
  absl::string_view rest = input;
  absl::string_view line;
  if (!TakeLine(rest, line)) {
    if (input.size() > limits.max_line) return Bad("too big inline request");
    return {};
  }
  while (!line.empty()) {
    const std::size_t end = line.find(' ');
    const absl::string_view word = line.substr(0, end);
    if (!word.empty()) {
      if (arguments.size() == limits.max_arguments) {
        return Bad("too many arguments");
      }
      arguments.push_back(word);
    }
    line.remove_prefix(end == absl::string_view::npos ? line.size() : end + 1);
  }
  return {State::kComplete, input.size() - rest.size(), ""};
}

}  // namespace

ParsedRequest ParseRequest(absl::string_view input, const RequestLimits& limits,
                           Arguments& arguments) {
  arguments.clear();
  if (input.empty()) return {};
  if (input.front() != '*') return ParseInline(input, limits, arguments);

  absl::string_view rest = input;
  std::int64_t count = 0;
  State state = TakeHeader('*', rest, count);
  if (state == State::kIncomplete) return {};
  if (state == State::kBad ||
      count > static_cast<std::int64_t>(limits.max_arguments)) {
    return Bad("invalid multibulk length");
  }
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t size = 0;
    state = TakeHeader('$', rest, size);
    if (state == State::kIncomplete) return {};
    if (state == State::kBad || size < 0 ||
        size > static_cast<std::int64_t>(limits.max_argument_size)) {
      return Bad("invalid bulk length");
    }
    const auto length = static_cast<std::size_t>(size);
    if (rest.size() < length + 2) return {};
    if (rest[length] != '\r' || rest[length + 1] != '\n') {
      return Bad("expected CRLF behind a bulk string");
    }
    arguments.push_back(rest.substr(0, length));
    rest.remove_prefix(length + 2);
  }
  return {State::kComplete, input.size() - rest.size(), ""};
}

void AppendSimple(absl::string_view text, std::string& out) {
  absl::StrAppend(&out, "+", text, "\r\n");
}

void AppendError(absl::string_view text, std::string& out) {
  absl::StrAppend(&out, "-", text, "\r\n");
  // What a client sent may be a part of it, and does not make another line.
  const std::size_t begin = out.size() - text.size() - 2;
  for (std::size_t i = begin; i < out.size() - 2; ++i) {
    if (out[i] == '\r' || out[i] == '\n') out[i] = ' ';
  }
}

void AppendInteger(std::int64_t value, std::string& out) {
  absl::StrAppend(&out, ":", value, "\r\n");
}

void AppendBulk(absl::string_view bytes, std::string& out) {
  absl::StrAppend(&out, "$", bytes.size(), "\r\n", bytes);
  absl::StrAppend(&out, "\r\n");
}

void AppendNull(std::string& out) { absl::StrAppend(&out, "$-1\r\n"); }

void AppendArray(std::size_t size, std::string& out) {
  absl::StrAppend(&out, "*", size, "\r\n");
}

}  // namespace key_value_server
