#ifndef BENCHMARKS_HARNESS_JSON_LINE_H_
#define BENCHMARKS_HARNESS_JSON_LINE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace benchmarks {

// Puts together one JSON object (RFC 8259) on one line, its members in the
// order in which they are added. Names are taken as they are and must need no
// escaping; string values may be any UTF-8.
class JsonLine {
 public:
  JsonLine& Add(absl::string_view name, absl::string_view value);
  JsonLine& Add(absl::string_view name, const char* value) {
    return Add(name, absl::string_view(value));
  }
  JsonLine& Add(absl::string_view name, std::int64_t value);
  JsonLine& Add(absl::string_view name, double value);  // Must be finite.
  JsonLine& AddBool(absl::string_view name, bool value);
  JsonLine& AddNull(absl::string_view name);
  JsonLine& Add(absl::string_view name, const JsonLine& object);

  // "{...}", without a line feed.
  std::string ToString() const;

 private:
  JsonLine& AddText(absl::string_view name, absl::string_view text);

  std::string members_;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_HARNESS_JSON_LINE_H_
