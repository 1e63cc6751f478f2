#ifndef KEY_VALUE_SERVER_OUTPUT_QUEUE_H_
#define KEY_VALUE_SERVER_OUTPUT_QUEUE_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace key_value_server {

// Bytes that wait to be sent. What is sent leaves at the front, and no byte is
// moved more often than once. (A string with erase(0, n) would move the whole
// backlog after each send.) Thread-compatible.
class OutputQueue {
 public:
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size() - sent_; }

  // Where what is appended enters the queue.
  std::string& end() { return bytes_; }

  // What is to be sent next.
  absl::string_view data() const {
    return absl::string_view(bytes_).substr(sent_);
  }
  // So many bytes of `data` are sent.
  void Remove(std::size_t size) {
    sent_ += size;
    if (sent_ < bytes_.size() - sent_) return;
    bytes_.erase(0, sent_);
    sent_ = 0;
  }

  // Frees the memory of a queue that is empty and was long.
  void FreeIfEmpty() {
    constexpr std::size_t kKept = 64 * 1024;
    if (empty() && bytes_.capacity() > kKept) bytes_ = std::string();
  }

 private:
  std::string bytes_;
  std::size_t sent_ = 0;  // Of `bytes_`; less than half of it.
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_OUTPUT_QUEUE_H_
