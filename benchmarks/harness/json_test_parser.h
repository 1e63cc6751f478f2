#ifndef BENCHMARKS_HARNESS_JSON_TEST_PARSER_H_
#define BENCHMARKS_HARNESS_JSON_TEST_PARSER_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace benchmarks {

// A JSON value, as far as tests look at it.
struct Json {
  enum class Kind { kNull, kBool, kNumber, kString, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  double number = 0;
  std::string string;
  std::map<std::string, Json> members;
};

// The value that is all of `text`, by the grammar of RFC 8259; nullopt where
// `text` breaks it, holds a member twice, or an array or an escape of a
// character above 0x7f, which the benchmarks do not write.
std::optional<Json> ParseJson(absl::string_view text);

}  // namespace benchmarks

#endif  // BENCHMARKS_HARNESS_JSON_TEST_PARSER_H_
