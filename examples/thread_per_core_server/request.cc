#include "examples/thread_per_core_server/request.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

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
bool ParseRequestLine(absl::string_view line, Request& request) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || words[1].empty()) return false;
  request.is_head = words[0] == "HEAD";
  if (!request.is_head && words[0] != "GET") return false;
  request.keep_alive = words[2] == "HTTP/1.1";
  return request.keep_alive || words[2] == "HTTP/1.0";
}

// "Name: value". Counts the fields that name a host.
bool ParseField(absl::string_view line, Request& request, int& hosts) {
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
  if (absl::EqualsIgnoreCase(name, "Host")) ++hosts;
  if (absl::EqualsIgnoreCase(name, "Connection")) {
    for (const absl::string_view option : absl::StrSplit(value, ',')) {
      if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(option), "close")) {
        request.keep_alive = false;
      }
    }
  }
  return true;
}

bool ParseLines(absl::string_view text, Request& request) {
  bool is_first = true;
  bool needs_host = false;
  int hosts = 0;
  for (const absl::string_view line : absl::StrSplit(text, kLineEnd)) {
    const bool good = is_first ? ParseRequestLine(line, request)
                               : ParseField(line, request, hosts);
    if (!good) return false;
    // HTTP/1.1, where the connection stays unless the client says otherwise.
    if (is_first) needs_host = request.keep_alive;
    is_first = false;
  }
  // RFC 9112, section 3.2.
  return hosts == 1 || (hosts == 0 && !needs_host);
}

}  // namespace

Request ParseRequest(absl::string_view input) {
  Request request;
  absl::string_view searched = input.substr(0, kMaxRequestSize);
  std::size_t skipped = 0;
  while (absl::ConsumePrefix(&searched, kLineEnd)) skipped += kLineEnd.size();
  const std::size_t end = searched.find(kBlankLine);
  const bool has_end = end != absl::string_view::npos;
  if (!IsText(searched.substr(0, end))) {
    request.state = State::kBad;
  } else if (!has_end) {
    if (skipped + searched.size() == kMaxRequestSize) {
      request.state = State::kBad;
    }
  } else if (ParseLines(searched.substr(0, end), request)) {
    request.state = State::kComplete;
    request.size = skipped + end + kBlankLine.size();
  } else {
    request.state = State::kBad;
  }
  return request;
}

}  // namespace thread_per_core
}  // namespace examples
