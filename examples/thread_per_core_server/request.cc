#include "examples/thread_per_core_server/request.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace examples {
namespace thread_per_core {
namespace {

using State = Request::State;

constexpr absl::string_view kLineEnd = "\r\n";
constexpr absl::string_view kBlankLine = "\r\n\r\n";

// Whether each CR is followed by LF, each LF follows a CR, and there is no
// other control character. The last CR may still wait for its LF.
bool IsText(absl::string_view input) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    const char byte = input[i];
    if (byte == '\r') {
      if (i + 1 == input.size()) return true;
      if (input[++i] != '\n') return false;
    } else if (byte != '\t' &&
               absl::ascii_iscntrl(static_cast<unsigned char>(byte))) {
      return false;
    }
  }
  return true;
}

// "GET /path HTTP/1.1"
bool ParseRequestLine(absl::string_view line, bool& keep_alive) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || words[0] != "GET" || words[1].empty()) return false;
  keep_alive = words[2] == "HTTP/1.1";
  return keep_alive || words[2] == "HTTP/1.0";
}

// "Name: value"
bool ParseField(absl::string_view line, bool& keep_alive) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(':', 1));
  const absl::string_view name = parts.first;
  const absl::string_view value = absl::StripAsciiWhitespace(parts.second);
  const bool has_colon = name.size() < line.size();
  if (!has_colon || name.empty() ||
      name.find_first_of(" \t") != absl::string_view::npos) {
    return false;
  }
  if (absl::EqualsIgnoreCase(name, "Transfer-Encoding")) return false;
  if (absl::EqualsIgnoreCase(name, "Content-Length")) return value == "0";
  if (absl::EqualsIgnoreCase(name, "Connection")) {
    for (const absl::string_view option : absl::StrSplit(value, ',')) {
      if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(option), "close")) {
        keep_alive = false;
      }
    }
  }
  return true;
}

bool ParseLines(absl::string_view text, bool& keep_alive) {
  bool is_first = true;
  for (const absl::string_view line : absl::StrSplit(text, kLineEnd)) {
    const bool good = is_first ? ParseRequestLine(line, keep_alive)
                               : ParseField(line, keep_alive);
    if (!good) return false;
    is_first = false;
  }
  return true;
}

}  // namespace

Request ParseRequest(absl::string_view input) {
  Request request;
  const absl::string_view searched = input.substr(0, kMaxRequestSize);
  const std::size_t end = searched.find(kBlankLine);
  const bool has_end = end != absl::string_view::npos;
  if (!IsText(searched.substr(0, end))) {
    request.state = State::kBad;
  } else if (!has_end) {
    if (searched.size() == kMaxRequestSize) request.state = State::kBad;
  } else if (ParseLines(searched.substr(0, end), request.keep_alive)) {
    request.state = State::kComplete;
    request.size = end + kBlankLine.size();
  } else {
    request.state = State::kBad;
  }
  return request;
}

}  // namespace thread_per_core
}  // namespace examples
