#ifndef EXAMPLES_THREAD_PER_CORE_SERVER_REQUEST_H_
#define EXAMPLES_THREAD_PER_CORE_SERVER_REQUEST_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace examples {
namespace thread_per_core {

// A longer request is a bad one: a client must not make the server remember
// without end.
inline constexpr std::size_t kMaxRequestSize = 8 * 1024;

// What stands at the front of the bytes that a client has sent.
struct Request {
  enum class State {
    kIncomplete,  // The beginning of a request: more has to come.
    kComplete,
    kBad,  // Nothing that this server answers, whatever may come.
  };

  State state = State::kIncomplete;
  // Only if it is complete:
  std::size_t size = 0;     // Its bytes, with the blank line at its end.
  bool keep_alive = false;  // Whether another may follow it.
  bool is_head = false;     // HEAD: the answer has no body.
};

// Looks for the first request in `input`. Just enough of RFC 9112 to tell where
// a GET or HEAD without a body ends, whatever it is for. Empty lines before it
// are skipped (section 2.2). All else is bad, HTTP/1.1 without a Host too, and
// so is what could make two readers disagree about where the next request
// begins: a body, a line that does not end with CR LF, a control character.
Request ParseRequest(absl::string_view input);

}  // namespace thread_per_core
}  // namespace examples

#endif  // EXAMPLES_THREAD_PER_CORE_SERVER_REQUEST_H_
