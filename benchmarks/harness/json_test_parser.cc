#include "benchmarks/harness/json_test_parser.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace benchmarks {
namespace {

// Each function takes what it reads off the front of `rest_`, or fails.
class Parser {
 public:
  explicit Parser(absl::string_view text) : rest_(text) {}

  std::optional<Json> ParseAll() {
    std::optional<Json> value = ParseValue();
    if (!rest_.empty()) return std::nullopt;
    return value;
  }

 private:
  bool Take(absl::string_view token) {
    return absl::ConsumePrefix(&rest_, token);
  }

  std::optional<Json> ParseValue() {
    Json value;
    if (Take("null")) return value;
    if (Take("true") || (rest_.substr(0, 5) == "false")) {
      value.kind = Json::Kind::kBool;
      value.boolean = !Take("false");
      return value;
    }
    if (rest_.substr(0, 1) == "\"") {
      std::optional<std::string> string = ParseString();
      if (!string) return std::nullopt;
      value.kind = Json::Kind::kString;
      value.string = *std::move(string);
      return value;
    }
    return rest_.substr(0, 1) == "{" ? ParseObject() : ParseNumber();
  }

  std::optional<Json> ParseNumber() {
    const absl::string_view start = rest_;
    Take("-");
    if (!Take("0") && !TakeDigits()) return std::nullopt;
    if (Take(".") && !TakeDigits()) return std::nullopt;
    if (Take("e") || Take("E")) {
      if (!Take("-")) Take("+");
      if (!TakeDigits()) return std::nullopt;
    }
    Json value;
    value.kind = Json::Kind::kNumber;
    const bool is_number = absl::SimpleAtod(
        start.substr(0, start.size() - rest_.size()), &value.number);
    return is_number ? std::make_optional(value) : std::nullopt;
  }

  bool TakeDigits() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && absl::ascii_isdigit(rest_[0])) {
      rest_.remove_prefix(1);
    }
    return rest_.size() < before;
  }

  std::optional<std::string> ParseString() {
    if (!Take("\"")) return std::nullopt;
    std::string string;
    while (!rest_.empty() && !Take("\"")) {
      if (static_cast<unsigned char>(rest_[0]) < 0x20) return std::nullopt;
      if (!Take("\\")) {
        string += rest_[0];
        rest_.remove_prefix(1);
      } else if (!ParseEscape(string)) {
        return std::nullopt;
      }
      if (rest_.empty()) return std::nullopt;
    }
    return string;
  }

  bool ParseEscape(std::string& string) {
    if (Take("\"")) {
      string += '"';
    } else if (Take("\\")) {
      string += '\\';
    } else if (Take("u00")) {
      int code = 0;
      if (!absl::SimpleHexAtoi(rest_.substr(0, 2), &code) || code > 0x7f) {
        return false;
      }
      string += static_cast<char>(code);
      rest_.remove_prefix(2);
    } else {
      return false;
    }
    return true;
  }

  std::optional<Json> ParseObject() {
    Json value;
    value.kind = Json::Kind::kObject;
    if (!Take("{")) return std::nullopt;
    if (Take("}")) return value;
    do {
      std::optional<std::string> name = ParseString();
      if (!name || !Take(":")) return std::nullopt;
      std::optional<Json> member = ParseValue();
      if (!member ||
          !value.members.emplace(*std::move(name), *std::move(member)).second) {
        return std::nullopt;
      }
    } while (Take(","));
    if (!Take("}")) return std::nullopt;
    return value;
  }

  absl::string_view rest_;
};

}  // namespace

std::optional<Json> ParseJson(absl::string_view text) {
  return Parser(text).ParseAll();
}

}  // namespace benchmarks
