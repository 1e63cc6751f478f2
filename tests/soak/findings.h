#ifndef TESTS_SOAK_FINDINGS_H_
#define TESTS_SOAK_FINDINGS_H_

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace event_selector {
namespace soak {

// What went wrong. Thread-safe.
class Findings {
 public:
  // `what` says what was expected and what came; `load` where. The first few
  // are kept and printed to standard error at once, since what comes later is
  // mostly their consequence.
  void Add(absl::string_view load, absl::string_view what);

  bool empty() const { return is_empty_.load(std::memory_order_acquire); }

  // "echo: connection 3: ...", in the order of their coming.
  std::vector<std::string> list() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> list_;
  std::atomic<bool> is_empty_{true};
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_FINDINGS_H_
