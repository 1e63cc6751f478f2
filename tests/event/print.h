#ifndef TESTS_EVENT_PRINT_H_
#define TESTS_EVENT_PRINT_H_

#include <sstream>
#include <string>

#include "absl/strings/string_view.h"

namespace event_selector {

// What `AbslStringify` asks of a sink. A sink of our own, since the oldest
// Abseil that the project supports has the functions that print by
// `AbslStringify` not yet.
class StringSink {
 public:
  void Append(absl::string_view text) {
    text_.append(text.data(), text.size());
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

template <typename T>
std::string PrintByStringify(const T& value) {
  StringSink sink;
  AbslStringify(sink, value);
  return sink.text();
}

template <typename T>
std::string PrintByStream(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace event_selector

#endif  // TESTS_EVENT_PRINT_H_
