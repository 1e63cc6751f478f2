#include "benchmarks/harness/json_line.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace benchmarks {
namespace {

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&quoted, "\\", absl::string_view(&c, 1));
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", c);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace

JsonLine& JsonLine::Add(absl::string_view name, absl::string_view value) {
  return AddText(name, Quoted(value));
}

JsonLine& JsonLine::Add(absl::string_view name, std::int64_t value) {
  return AddText(name, absl::StrCat(value));
}

JsonLine& JsonLine::Add(absl::string_view name, double value) {
  return AddText(name, absl::StrFormat("%.9g", value));
}

JsonLine& JsonLine::AddBool(absl::string_view name, bool value) {
  return AddText(name, value ? "true" : "false");
}

JsonLine& JsonLine::AddNull(absl::string_view name) {
  return AddText(name, "null");
}

JsonLine& JsonLine::Add(absl::string_view name, const JsonLine& object) {
  return AddText(name, object.ToString());
}

std::string JsonLine::ToString() const {
  return absl::StrCat("{", members_, "}");
}

JsonLine& JsonLine::AddText(absl::string_view name, absl::string_view text) {
  absl::StrAppend(&members_, members_.empty() ? "" : ",", "\"", name,
                  "\":", text);
  return *this;
}

}  // namespace benchmarks
