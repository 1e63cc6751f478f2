#include "examples/chat_server/line_buffer.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace examples {
namespace chat {

std::vector<std::string> LineBuffer::Add(absl::string_view received) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t room = max_line_ - rest_.size();
    const absl::string_view part =
        received.substr(0, std::min(room, received.find('\n')));
    rest_.append(part.data(), part.size());
    received.remove_prefix(part.size());
    // A line that is full, too, is kept: the next byte may be its end.
    if (received.empty()) return lines;
    // The next byte is the end of the line, or one too many for it.
    std::string line = TakeRest();
    if (absl::ConsumePrefix(&received, "\n")) {
      line.resize(absl::StripSuffix(line, "\r").size());
    }
    lines.push_back(std::move(line));
  }
}

std::string LineBuffer::TakeRest() { return std::exchange(rest_, ""); }

}  // namespace chat
}  // namespace examples
