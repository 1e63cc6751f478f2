#ifndef KEY_VALUE_SERVER_RESP_H_
#define KEY_VALUE_SERVER_RESP_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

// The protocol RESP 2, as Redis clients speak it.
namespace key_value_server {

// A command's name and what follows it, in the client's input.
using Arguments = absl::InlinedVector<absl::string_view, 8>;

struct RequestLimits {
  std::size_t max_arguments = 1024;
  std::size_t max_argument_size = std::size_t{16} << 20;
  std::size_t max_line = 64 * 1024;  // Of an inline request.
};

struct ParsedRequest {
  enum class State {
    kComplete,
    kIncomplete,  // The rest has not come yet.
    kBad,         // It is not RESP: `error` says why. Nothing can follow.
  };

  State state = State::kIncomplete;
  std::size_t size = 0;  // With kComplete: the bytes of the request.
  const char* error = "";
};

// Reads the request at the front of `input`: an array of bulk strings, or words
// in a line ("PING\r\n"), as somebody types them. With kComplete, `arguments`
// are its parts, which lie in `input`; there are none for an empty line.
ParsedRequest ParseRequest(absl::string_view input, const RequestLimits& limits,
                           Arguments& arguments);

// Replies. Each is appended to `out`.
void AppendSimple(absl::string_view text, std::string& out);  // +OK
// An end of a line in it becomes a space.
void AppendError(absl::string_view text, std::string& out);  // -ERR ...
void AppendInteger(std::int64_t value, std::string& out);    // :1
void AppendBulk(absl::string_view bytes, std::string& out);  // $5 hello
void AppendNull(std::string& out);                           // $-1
void AppendArray(std::size_t size, std::string& out);        // *3 ...

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_RESP_H_
