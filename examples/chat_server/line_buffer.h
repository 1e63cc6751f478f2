#ifndef EXAMPLES_CHAT_SERVER_LINE_BUFFER_H_
#define EXAMPLES_CHAT_SERVER_LINE_BUFFER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace examples {
namespace chat {

// Makes lines of what a stream brings. TCP knows no lines: what was sent at
// once may come in parts, and what was sent in parts may come at once. So the
// beginning of a line has to be kept until its end comes.
//
// Who never sends an end must not fill the memory: a line that is longer than
// the limit becomes several.
class LineBuffer {
 public:
  // At least 1 byte for each line.
  explicit LineBuffer(std::size_t max_line) : max_line_(max_line) {}

  // The lines that `received` completes, without their ends ("\n" or "\r\n").
  std::vector<std::string> Add(absl::string_view received);

  // The line that has no end yet; it is not kept any more.
  std::string TakeRest();

 private:
  std::size_t max_line_;
  std::string rest_;  // At most `max_line_` bytes.
};

}  // namespace chat
}  // namespace examples

#endif  // EXAMPLES_CHAT_SERVER_LINE_BUFFER_H_
