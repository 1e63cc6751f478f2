#ifndef TESTS_SOAK_GROWTH_CHECK_H_
#define TESTS_SOAK_GROWTH_CHECK_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/soak/process_usage.h"

namespace event_selector {
namespace soak {

// How much more than at any look during the warm-up may be in use later.
struct GrowthLimits {
  // For what the allocator's caches of each thread still gain: they hold blocks
  // that were freed, but count as in use. A leak of 16 bytes for each 10,000
  // events takes 32 bytes of heap each time, and is found after 5.2 million
  // events: an hour has more.
  std::size_t heap_bytes = 16 * 1024;
  // Pages that the heap or a thread's stack touches for the first time.
  std::size_t resident_bytes = 1024 * 1024;
#if defined(_WIN32)
  // A selector opens a device for each 32 registrations, counting those whose
  // last poll is still to end, and keeps as many as it ever needed.
  std::size_t descriptors = 2;
#else
  std::size_t descriptors = 0;
#endif
};

// Compares what the process uses at rest with what it used at rest before.
// Descriptors must always be as many as at the first look, but for what the
// limits allow; the heap and the resident memory may grow during the warm-up,
// and afterwards no more than the limits say above the most that was seen in
// it.
class GrowthCheck {
 public:
  explicit GrowthCheck(const GrowthLimits& limits) : limits_(limits) {}

  // One look. Returns what has grown too much.
  std::vector<std::string> Look(const ProcessUsage& usage, bool is_warming_up);

 private:
  using Figure = std::optional<std::size_t>;

  static void Raise(const Figure& seen, Figure& most);
  static void Compare(absl::string_view what, const Figure& seen,
                      const Figure& most, std::size_t margin,
                      std::vector<std::string>& problems);

  const GrowthLimits limits_;
  Figure descriptors_;
  Figure most_heap_;
  Figure most_resident_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_GROWTH_CHECK_H_
