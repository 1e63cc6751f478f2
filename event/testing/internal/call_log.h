#ifndef EVENT_TESTING_INTERNAL_CALL_LOG_H_
#define EVENT_TESTING_INTERNAL_CALL_LOG_H_

#include <array>
#include <cstddef>
#include <deque>
#include <string>

#include "event/testing/selector_call.h"

namespace event_selector {
namespace testing {
namespace internal {

// The calls that a simulated selector has received: all are counted, and the
// last of them are kept. Thread-compatible.
class CallLog {
 public:
  // Keeps up to `most` calls.
  explicit CallLog(std::size_t most) : most_(most) {}

  void Record(SelectorCall call);
  // Forgets the calls, and how many were dropped, but not the counts.
  void Clear();

  // How many calls of a kind have been recorded since the beginning.
  std::size_t count(SelectorCall::Kind kind) const {
    return counts_[Index(kind)];
  }
  // What is kept, the oldest first.
  const std::deque<SelectorCall>& calls() const { return calls_; }
  // How many calls are not kept any more.
  std::size_t dropped() const { return dropped_; }

  // The last calls, up to `most`, one a line; and before them, how many there
  // were earlier, if there were any.
  std::string LastToString(std::size_t most) const;

 private:
  static std::size_t Index(SelectorCall::Kind kind) {
    return static_cast<std::size_t>(kind);
  }

  const std::size_t most_;
  std::array<std::size_t, SelectorCall::kKinds> counts_ = {};
  std::deque<SelectorCall> calls_;
  std::size_t dropped_ = 0;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_CALL_LOG_H_
